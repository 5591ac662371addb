"""What gives an order to an assistant away, as patterns over a whole text.

Invariant: every pattern has bounded repetitions and is only tried where one of its needles occurs, so time is linear in
the length of the text. A hit has a code and a weight: `SURE` alone flags the sentence that it stands in, the others are
numbers for the classifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.guardrails.indirect.pieces import AI, FEW, GAP, ONE, OUT

SURE = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds for `text[start:end]`."""

    code: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    weight: float
    needles: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(code: str, weight: float, needles: str, pattern: str) -> _Rule:
    return _Rule(code, weight, tuple(needles.split("|")), re.compile(pattern, re.I))


_FORGET = (
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overlook|neglect|set aside|discard|"
    r"abandon|override|bypass|(?:do not|don['’]?t|stop|never) (?:follow|obey|listen to|comply "
    r"with)(?:ing)?)"
)
_OLD = (
    r"(?:previous|prior|above|earlier|preceding|foregoing|original|former|initial|system|your|"
    r"pre-?existing|given|other|past|current|old|developer['’]?s?)"
)
_ORDERS = (
    r"(?:instructions?|prompts?|directions?|directives?|guidelines?|commands?|orders|programming|"
    r"training|requests)"
)

RULES: tuple[_Rule, ...] = (
    _rule(
        "reset",
        SURE,
        "ignor|disregard|forget|overlook|neglect|aside|discard|abandon|overrid|override|bypass|"
        "follow|obey|listen|comply",
        rf"{_FORGET}{FEW}{_OLD}{FEW}{_ORDERS}\b",
    ),
    _rule(
        "reset",
        SURE,
        "ignor|disregard|forget|discard|abandon",
        rf"\b(?:ignore|disregard|forget|discard|abandon){GAP}(?:about{GAP})?(?:all|any|everything|"
        rf"every|whatever|anything|what)(?:{GAP}of)?(?:{GAP}(?:the|those|these|your|that|this|"
        rf"other)){{0,2}}{GAP}(?:instructions?|prompts?|directives?|commands|(?:was |were |is "
        rf")?(?:said |written |stated |told )?(?:above|before|previously|so far)|"
        rf"(?:you(?:{GAP}(?:were|have been|are|know)){{1,2}})|what(?:ever)?{GAP}you{GAP}(?:were|have "
        rf"been|are){GAP}(?:asked|told|given|instructed|doing))\b",
    ),
    _rule(
        "addressed",
        SURE,
        "ai|intelligence|model|llm|bot|gpt|claude|gemini|assistant|agent|summar|crawler",
        rf"\b(?:note|message|attention|instructions?|memo|hey|hello|hi|dear|reminder|notice|warning|"
        rf"directive|info(?:rmation)?|todo|order|command)s?{GAP}(?:(?:to|for){GAP})?(?:(?:the|all|any|"
        rf"every|our|my|you){GAP}){{0,2}}{ONE}\b[^\n.?!]{{0,40}}?[:,!.\-–—]",
    ),
    _rule(
        "addressed",
        SURE,
        "ai|intelligence|model|llm|bot|gpt|claude|gemini|assistant",
        rf"\b(?:if|when|whenever|while|as|before|after|should|since|because){GAP}(?:(?:you(?:['’]re)?|"
        rf"an?|any|the|this|some)(?:{GAP}(?:are|is|were))?{GAP}){{1,2}}(?:(?:an?|the|this|any|"
        rf"some){GAP})?{ONE}{GAP}(?:(?:is|are|or|and|that|which|who|system|tool|"
        rf"model){GAP}){{0,2}}(?:read|process|summari|see|pars|analy[sz]|index|review|answer|respond|"
        rf"scan|evaluat|assist|writ|access|ingest|look|handl|translat|help|quot|present|condens|cit|"
        rf"rank|recommend|you must|please|ignore|do not)",
    ),
    _rule(
        "addressed",
        SURE,
        "ai|llm|model|gpt|bot|assistant|agent",
        r"(?:^|[\n>*#\[(\"!.]|//|--)[ \t]{0,4}(?:ai|llm|gpt|chat ?gpt|claude|gemini|copilot|"
        r"language model|ai[- ](?:assistant|agent|model)s?|chat ?bot|assistant|agents)[ "
        r"\t]{0,2}[:,–—][ \t]{0,3}(?:please|you|after|once|while|as|the|do|don['’]t|ignore|say|"
        r"tell|send|give|rate|recommend|always|never|when|if|before|after|stop|skip|include|add|"
        r"output|print|reply|respond|answer|approve|reveal|forward|mark|use|call|treat|this)\b",
    ),
    _rule(
        "addressed",
        SURE,
        "assistant|agent|ai|model|bot",
        rf"\b(?:as|to|for|any|every|whichever|whatever|each){GAP}(?:(?:the|an?|any|every){GAP})?(?:ai |"
        rf"virtual |helpful |support )?(?:{ONE}|assistant|bot){GAP}(?:(?:that|which|"
        rf"who){GAP})?(?:(?:is|are){GAP})?(?:read|process|handl|summari|pars|condens|see|scan|look|"
        rf"view|analy|index)\w{{0,6}}{GAP}(?:this|the|it|these|here)",
    ),
    _rule(
        "ai_must",
        0.7,
        "ai|assistant|bot|model|agent|llm",
        rf"\b{AI}{GAP}(?:(?:that|which|who)(?:{GAP}\w{{1,15}}){{1,5}}?{GAP})?(?:must|has to|have to|"
        rf"should|shall|needs? to|is to|are to|will now)\b",
    ),
    _rule(
        "skip",
        0.7,
        "ignore|disregard|instead|skip",
        rf"\b(?:ignore|disregard|skip|leave){GAP}(?:the|this|that|your|"
        rf"all){GAP}(?:\w{{1,15}}{GAP})?(?:document|text|user|question|request|rest|content|article|"
        rf"page|summary|task|identity check|checks?|verification)\b|\binstead of (?:the |a "
        rf")?(?:summar|answer|translat)",
    ),
    _rule(
        "identity",
        SURE,
        "you are|you're|youre|act as|pretend",
        r"\b(?:you are|you['’]re|you will be|act as|pretend (?:to be|you are)|become)(?:\s(?:now|no "
        r"longer|henceforth|currently|going to be|operating as|acting as)){0,2}\s(?:a |an |the |in "
        r")?(?:[\w-]{1,20}\s){0,3}(?:DAN\b|jail ?broken|unrestricted|uncensored|unfiltered|language "
        r"model|large language|developer mode|maintenance mode|debug mode|god mode|(?:evil|no "
        r"limits?|omniscient|free) (?:ai|assistant)|bound by)",
    ),
    _rule(
        "task",
        SURE,
        "your",
        r"\byour (?:new|real|actual|true|updated|revised|secret|hidden|sole) (?:task|instructions?|"
        r"goal|objective|mission|job|role|purpose|directive|priority|order)s? (?:is|are|will be|"
        r"shall be|must be|now)\b",
    ),
    _rule(
        "task",
        SURE,
        "instruction|task|directive|prompt|objective|order|command|mission",
        r"\b(?:new|updated|revised|actual|real|secret|hidden|overriding|superseding|urgent new|"
        r"system|admin(?:istrator)?|developer)[ \t]{1,3}(?:(?:important|urgent|critical|system|"
        r"secret|priority|top|user|ai|bot|security)[ \t]{1,3}){0,2}(?:instructions?|directives?|"
        r"prompt|objectives?|orders|commands?|mission|override)[ \t*_#]{0,6}(?::|\*\*|[-–—]{1,3}[ "
        r"\t]|=>)",
    ),
    _rule(
        "leak",
        SURE,
        "prompt|instruction|above|guideline",
        rf"\b(?:reveal|show|print|repeat|output|disclose|display|leak|tell|give|send|share|paste|"
        rf"recite|dump|write|expose|include|quote|post){FEW}(?:(?:system|hidden|secret|initial|"
        rf"original|internal|confidential|pre-?){GAP}(?:prompts?|instructions?|guidelines?|messages?)|"
        rf"your{GAP}(?:(?:full|entire|own|system|initial|original|exact|complete|current|"
        rf"internal){GAP}){{0,2}}(?:prompts?|instructions|system message|guidelines)|(?:instructions|"
        rf"text|words|prompt|everything|messages?){GAP}(?:above|before this))\b",
    ),
    _rule(
        "exfil_link",
        SURE,
        "![|<img",
        r"(?:!\[[^\]\n]{0,80}\]\(|"
        r"<img[^>\n]{0,60}src\s{0,2}=\s{0,2}[\"']?)\s{0,3}(?:https?:)?//[^\s)>\"'?#]{1,150}"
        r"(?:[?#][^\s)>\"'=]{0,60}=(?:[^\s)>\"'=]{0,60}=){0,3}(?:\[\w|\{\w|<\w|%7b|%5b|\$\{|\{\{|"
        r"(?-i:[A-Z]{4,20}(?:_[A-Z]{2,12}){0,3}[)\s\"']))|/(?-i:[\[{<]{1,2}[A-Z_ ]{3,30}[\]}>]))",
    ),
    _rule(
        "link_slot",
        0.5,
        "](",
        r"(?<!!)\[[^\]\n]{0,80}\]\((?:https?:)?//[^\s)?]{1,150}\?[^\s)=]{1,40}=(?:\[\w|<\w|\{\{|\$\{|"
        r"(?-i:[A-Z]{4,20}[)]))",
    ),
    _rule(
        "exec_link",
        0.5,
        "javascript:|onerror|onload|<script|<svg",
        r"(?:javascript:|\bonerror\s{0,2}=|\bonload\s{0,2}=|<script\b|<svg[/ ])",
    ),
    _rule(
        "exfil",
        SURE,
        "conversation|chat|password|key|credential|secret|token|prompt|history|contact|email|mail|"
        "inbox|data|details|information|card",
        rf"\b(?:send|forward|e-?mail|mail|post|submit|upload|transmit|leak|exfiltrate|deliver|copy|"
        rf"bcc|append|encode|share|export){GAP}(?:[\w'’,-]{{1,20}}{GAP}){{0,8}}?(?:(?:this|the|our|"
        rf"whole|entire|full|user['’]s|customer['’]s|their|his|her|my|every|"
        rf"all)(?:{GAP}\w{{1,15}}){{0,2}}{GAP})(?:conversations?|chat(?: history| log)?s?|passwords?|"
        rf"api[ _-]?keys?|credentials?|secrets?|tokens?|system prompt|history|contacts?|contact list|"
        rf"e-?mails?|inbox|personal (?:data|details|information)|data|details|records?|credit cards?|"
        rf"card (?:number|detail)s?|bank (?:detail|account)s?|"
        rf"address(?:es)?)(?:{GAP}[\w'’,-]{{1,20}}){{0,10}}?{GAP}(?:to|at|via|into|"
        rf"in){GAP}(?:[\w-]{{1,20}}{GAP}){{0,4}}?(?:[\w.+-]{{1,40}}@[\w-]{{1,40}}\.\w|(?:https?://|"
        rf"www\.)[\w.-]{{2,60}})",
    ),
    _rule(
        "secrecy",
        0.7,
        "user|customer|human|anyone|owner|client",
        r"\b(?:do not|don['’]?t|never|without|must not|should not|avoid|nor)\s(?:ever\s)?(?:tell|"
        r"mention|inform|reveal|notif|alert|disclos|let|ask|warn|say|show|inform|asking|telling|"
        r"mention|explain|discuss|acknowledg)\w{0,6}\b(?:\s[\w'’]{1,15}){0,5}?\s(?:to\s)?(?:the\s|"
        r"your\s|any\s)?(?:users?|customers?|humans?|owner|end[- ]users?|client|person)\b",
    ),
    _rule(
        "output",
        0.7,
        "your",
        rf"\b(?:in|into|to|of|with|from|on|for|by|after|before|end|modify|augment|enhance|encode|"
        rf"translate|reverse|begin|start|finish|conclude|render|write|prefix|append|provide|make|"
        rf"change|give|deliver|rewrite|encrypt|format){GAP}your{GAP}(?:(?:final|next|own|entire|whole|"
        rf"first|every|following|complete){GAP})?{OUT}\b",
    ),
    _rule(
        "output",
        0.4,
        "answer|respond|reply|say|print|output|repeat|write",
        rf"\b(?:answer|respond|reply|say|print|output|repeat|write|return|type){GAP}(?:only|exactly|"
        rf"just|nothing but|solely|always|verbatim|the following|with|in|that|using|back)\b",
    ),
    _rule(
        "hook",
        0.7,
        "summar|answer|ask|told|instruct|request|read|process",
        rf"\b(?:if|when|whenever|while|before|after|once)(?:{GAP}[\w'’]{{1,15}}){{0,4}}?{GAP}(?:asked|"
        rf"told|instructed|requested|prompted|summari[sz]\w{{1,4}}|answering|responding|reading|"
        rf"processing|read this|process this|see this|analy[sz]ing)\b[^\n.]{{0,80}}?\b(?:instead|"
        rf"also|make sure|always|say|reply|respond|you must|please|first|include|add|do not|must|"
        rf"only|tell|mention|recommend|output|print)\b",
    ),
    _rule(
        "authority",
        0.5,
        "important|urgent|system|attention|priority|critical|emergency|override|admin",
        r"(?:[*#=\-!_<\[]{2,8}[ \t]{0,3}|^|\n)(?:very |new |super |high |most )?(?:important|urgent|"
        r"system|attention|priority|critical|emergency|override|admin(?:istrator)?)\b(?:[ "
        r"\t][\w]{1,15}){0,3}[ \t]{0,3}(?:[*#=!_\]>]{2,8}|:|!{1,5})",
    ),
    _rule(
        "tool",
        0.5,
        "tool|function|api|plugin|command|action",
        rf"\b(?:call|use|using|invoke|execute|run|trigger|perform|activate){GAP}(?:(?:the|your|a|this|"
        rf"any|my){GAP})?(?:[`'\"]?\w{{1,40}}[`'\"]?{GAP})?(?:tool|function|api|plugin|action|"
        rf"endpoint)s?\b",
    ),
    _rule(
        "mode",
        0.5,
        "mode|jailbreak|jail break|restriction|limit|filter|censor|constraint|boundar",
        r"\b(?:(?:developer|debug|maintenance|god|admin|sudo|dan|root|unrestricted|jailbreak)[ "
        r"-]mode|jail ?break\w{0,3}|(?:without|no|free (?:of|from)|ignoring|disregard)(?: "
        r"\w{1,12}){0,2} (?:restrictions?|limits?|limitations|filters?|censorship|constraints?|"
        r"boundaries|ethic\w{0,6}))\b",
    ),
    _rule(
        "cipher",
        0.5,
        "base|rot13|cipher|encod|encrypt|hex|morse|reverse|binary|backward",
        r"\b(?:base ?-?(?:16|32|58|64|85)|rot-?13|caesar|cipher|morse|pig latin|backwards?|(?:encode|"
        r"encrypt|reverse|obfuscate|translate) (?:your|the|this|all|it)\b)",
    ),
    _rule(
        "snippet",
        0.5,
        "code",
        rf"\b(?:following|subsequent|below|this|given){GAP}(?:\w{{1,15}}{GAP}){{0,2}}?(?:code|snippet|"
        rf"script)(?:{GAP}(?:snippet|block|section|excerpt|fragment|segment|piece|"
        rf"portion)){{0,1}}(?:{GAP}\w{{1,15}}){{0,8}}?{GAP}(?:your|the|"
        rf"its){GAP}(?:\w{{1,15}}{GAP}){{0,3}}?(?:solution|response|implementation|answer|code ?base|"
        rf"code|algorithm|program|reply|output|project)\b",
    ),
    _rule(
        "grant",
        0.5,
        "access|permission|transfer|unlock|money|fund|\\$|payment|wire|bitcoin|account|delete",
        r"\b(?:grant|give|transfer|wire|unlock|withdraw|pay|donate|deposit|delete|disable|approve|"
        r"share|send)\b(?:\s[\w'’$€£.,]{1,20}){0,6}?\s(?:permanent|full|guest|admin|unlimited|"
        r"unrestricted|remote|access|permission|\$|usd|eur|€|£|bitcoins?|btc|funds|money|account)\b",
    ),
    _rule(
        "mention_ai",
        0.3,
        "ai|llm|model|gpt|bot|assistant|agent|intelligen|ki|ia|模型|人工|言語|アシスタント|인공|언어|нейросет|модел|"
        "ассистент|الذكاء",
        rf"\b(?:{AI}|KI|IA|sprachmodell|mod[eè]l[eo] d[ei] (?:langage|lenguaje|linguagem)|modello "
        rf"linguistico|taalmodel|inteligencia artificial|inteligência artificial|intelligenza "
        rf"artificiale|intelligence artificielle|asistente|assistente|assistent)\b|人工智能|语言模型|助手|"
        rf"言語モデル|アシスタント|인공지능|언어 ?모델|어시스턴트|языков\w{{1,3}} модел\w{{1,3}}|нейросет\w{{1,3}}|"
        r"ассистент|"
        rf"искусственн\w{{1,4}} интеллект\w?|الذكاء الاصطناعي|المساعد",
    ),
    # Orders to forget, in other languages: always the verb and the word for instructions, in either order.
    _rule(
        "reset_de",
        SURE,
        "ignorier|vergiss|vergessen|missachte|beachte",
        r"\b(?:ignorier\w{1,3}|vergiss|vergessen sie|missachte\w{0,2}|beachte\w{0,2} nicht|"
        r"setz\w{0,2})\b(?:\s[\wäöüß]{1,20}){0,6}?\s(?:anweisung|instruktion|anordnung|vorgabe|"
        r"befehl|aufforderung|prompt|richtlinie)\w{0,3}",
    ),
    _rule(
        "reset_rom",
        SURE,
        "ignor|oubli|compte|olvid|dimentic|esque|descons|omis|négligez|neglige|tralasc|desatiend|"
        "trascur|uita",
        r"\b(?:ignor\w{0,5}|oubli\w{0,3}|olvid\w{0,4}|dimentic\w{0,4}|esque[cç]\w{0,3}|"
        r"desconsider\w{0,3}|haz caso omiso|ne tenez pas compte|ne tiens pas compte|trascur\w{0,4}|"
        r"tralasci\w{0,3}|desatiend\w{0,2}|"
        r"uit[aă]\w{0,3})\b(?:\s[\w'’àâçéèêëîïôûùáíóúñãõìòăâșț]{1,20}){0,6}?\s(?:l['’])"
        r"?(?:instruc\w{1,6}|istruzion\w|instru[cç]\w{1,5}|consignes?|directives?|directivas?|"
        r"indica\w{2,7}|[oó]rdenes|ordres|ordini|comandos|comandi|diretriz\w{0,2}|reglas anteriores|"
        r"prompt)\b",
    ),
    _rule(
        "reset_ger",
        SURE,
        "negeer|vergeet|ignorera|ignorer|glöm|glem|bortse|se bort",
        r"\b(?:negeer|vergeet|ignorera|ignorer|glöm|glem|bortse från|se bort "
        r"fra)\b(?:\s[\wåäöæø]{1,20}){0,6}?\s(?:instructi|opdracht|aanwijzing|instruktion|instruks|"
        r"anvisning|prompt|order)\w{0,5}",
    ),
    _rule(
        "reset_slav",
        SURE,
        "игнорир|забуд|ігнору|ignoruj|zignoruj|zapomnij|zapomeň|pomiń|не обращ|zapomni|занемар",
        r"\b(?:про?игнорир\w{1,6}|игнорир\w{1,6}|забуд\w{1,4}|ігнору\w{1,5}|z?ignoruj\w{0,3}|"
        r"zapomnij\w{0,3}|zapomeň\w{0,2}|pomiń\w{0,3}|не обращай\w{0,2} "
        r"внимания)(?:\s\w{1,20}){0,6}?\s(?:инструкци|указани|команд|правил|підказк|вказівк|"
        r"інструкці|instrukcj|polece|wskaz|pokyn|instrukc|příkaz|zasad)\w{0,5}",
    ),
    _rule(
        "reset_asia",
        SURE,
        "忽略|无视|無視|忘记|忘記|忘れ|不要理会|忽視|무시|잊",
        r"(?<![勿别別])(?:忽略|无视|無視|忘记|忘記|不要理会|忽視|抛开)[^\n。！？.]{0,16}(?:指令|指示|命令|(?:之前|以上|上述|先前|前面|所有|你的|"
        r"系统)[^\n。！？.]{0,6}(?:说明|提示|规则|要求|說明|規則))|(?:指示|命令|プロンプト|ルール|指令)[^\n。！？]{0,12}(?:無視|忘れ)|"
        r"(?:지시|명령|지침|프롬프트|규칙)[^\n.!?]{0,14}(?:무시|잊)",
    ),
    _rule(
        "reset_more",
        SURE,
        "talimat|yönerge|komut|تعليمات|أوامر|निर्देश|आदेश|hướng dẫn|chỉ thị|chỉ dẫn|instruksi|"
        "perintah|arahan|οδηγί|הוראות|ohje|utasítás|คำสั่ง|udhëzime|treoir|stiùir",
        r"(?:talimat|yönerge|komut)\w{0,8}[^\n.!?]{0,20}?(?:yok say|unut|görmezden|dikkate alma)|"
        r"(?:تجاهل|انس|أهمل|تناس)[^\n.!؟]{0,25}(?:تعليمات|أوامر|توجيهات)|(?:निर्देश|"
        r"आदेश)[^\n।]{0,20}(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल|उपेक्षा)|(?:bỏ qua|quên|phớt "
        r"lờ)[^\n.!?]{0,20}(?:hướng dẫn|chỉ thị|chỉ dẫn|lệnh)|(?:abaikan|lupakan|"
        r"hiraukan)[^\n.!?]{0,20}(?:instruksi|perintah|arahan|petunjuk)|(?:αγνόησε|αγνοήστε|ξέχνα|"
        r"ξεχάστε)[^\n.;!]{0,25}οδηγί|(?:התעלם|התעלמי|שכח)[^\n.!?]{0,25}הוראות|(?:unohda|ohita|älä "
        r"huomioi|jätä)[^\n.!?]{0,30}ohje|(?:hagyd figyelmen|felejtsd el)[^\n.!?]{0,40}utasítás|"
        r"(?:เพิกเฉย|ละเว้น|ลืม|ไม่ต้องสนใจ)[^\n]{0,20}(?:คำสั่ง|คำแนะนำ)|(?:injoro|harro|"
        r"shpërfill)[^\n.!?]{0,25}udhëzime",
    ),
    _rule(
        "answer_in",
        0.7,
        "antwort|réponse|respuesta|risposta|resposta|antwoord|odpowied|ответ|yanıt|cevab|回答|回复|回應|답변|"
        "إجاب|ردك|उत्तर|svar|vastauks|válasz|απάντησ|câu trả lời|jawaban|freagra|freagairt|përgjigj|"
        "impendulo|empendul|mpendul|răspuns",
        r"\b(?:dein\w{0,2}|ihr\w{0,2}|eure\w?)\s(?:\w{1,15}\s)?antwort|\b(?:ta|votre|tu|su|tua|sua|"
        r"vostra|je|jouw|uw|twoj\w{1,2}|swoj\w{1,2}|din|ditt|deres|ditt)\s(?:\w{1,15}\s)?(?:réponse|"
        r"respuesta|risposta|resposta|antwoord|odpowied\w{1,3}|svar\w{0,2})|\b(?:свой|своём|своем|"
        r"твоем|твоём|вашем|ваш)\sответ\w{0,2}|yanıtın\w{0,4}|cevabın\w{0,4}|(?:你的|您的|在)(?:回答|回复|回應|"
        r"回覆)|(?:回答|返信|返答)(?:に|の|で|を)|답변(?:에|을|의|으로)|(?:إجابتك|ردك)|(?:अपने|आपके) (?:उत्तर|जवाब)|do "
        r"fhreagra|fhreagairt|freagairt|përgjigj\w{1,4}|\w{0,5}mpendul\w{1,6}|câu trả lời của bạn|"
        r"jawaban (?:anda|kamu)|răspuns\w{1,4} tău|vastaukse\w{1,4}|válaszod\w{0,5}|απάντησ\w{1,2} "
        r"σου",
    ),
)


def hits(text: str) -> list[Hit]:
    """Every place where a rule holds."""
    lowered = text.lower()
    found: list[Hit] = []
    for rule in RULES:
        if any(needle in lowered for needle in rule.needles):
            found.extend(Hit(rule.code, *match.span(), rule.weight) for match in rule.pattern.finditer(text))
    return found
