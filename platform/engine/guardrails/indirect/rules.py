"""What gives an order to an assistant away, as patterns over a whole text.

Invariant: every pattern has bounded repetitions and is only tried where one of its needles occurs, so time is linear in
the length of the text. A hit has a code and a weight: `SURE` alone flags the sentence that it stands in, the others are
numbers for the classifier.
"""

from __future__ import annotations

import re

from engine.guardrails.indirect.abroad import ABROAD
from engine.guardrails.indirect.pieces import AI, FEW, GAP, ONE, OUT, SURE, Hit, Rule, rule

__all__ = ["RULES", "SURE", "Hit", "hits"]

_WORD = re.compile(r"[a-z]+")

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

RULES: tuple[Rule, ...] = (
    rule(
        "reset",
        SURE,
        "ignor|disregard|forget|overlook|neglect|aside|discard|abandon|overrid|override|bypass|"
        "follow|obey|listen|comply",
        rf"{_FORGET}{FEW}{_OLD}{FEW}{_ORDERS}\b",
    ),
    rule(
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
    rule(
        "addressed",
        SURE,
        "=ai|=ais|a.i|intelligence|language model|=llm|=llms|=bot|=bots|chatbot|chat bot|gpt|claude|gemini|"
        "virtual assistant",
        rf"\b(?:note|message|attention|instructions?|memo|hey|hello|hi|dear|reminder|notice|warning|"
        rf"directive|info(?:rmation)?|todo|order|command)s?{GAP}(?:(?:to|for){GAP})?(?:(?:the|all|any|"
        rf"every|our|my|you){GAP}){{0,2}}{ONE}\b[^\n.?!]{{0,40}}?[:,!.\-–—]",
    ),
    rule(
        "addressed",
        SURE,
        "=ai|=ais|a.i|intelligence|language model|=llm|=llms|=bot|=bots|chatbot|chat bot|gpt|claude|gemini|"
        "virtual assistant",
        rf"\b(?:if|when|whenever|while|as|before|after|should|since|because){GAP}(?:(?:you(?:['’]re)?|"
        rf"an?|any|the|this|some)(?:{GAP}(?:are|is|were))?{GAP}){{1,2}}(?:(?:an?|the|this|any|"
        rf"some){GAP})?{ONE}{GAP}(?:(?:is|are|or|and|that|which|who|system|tool|"
        rf"model){GAP}){{0,2}}(?:read|process|summari|see|pars|analy[sz]|index|review|answer|respond|"
        rf"scan|evaluat|assist|writ|access|ingest|look|handl|translat|help|quot|present|condens|cit|"
        rf"rank|recommend|you must|please|ignore|do not)",
    ),
    rule(
        "addressed",
        SURE,
        "=ai|=llm|language model|gpt|claude|gemini|copilot|=bot|=bots|chatbot|chat bot|assistant|agents",
        r"(?:^|[\n>*#\[(\"!.]|//|--)[ \t]{0,4}(?:ai|llm|gpt|chat ?gpt|claude|gemini|copilot|"
        r"language model|ai[- ](?:assistant|agent|model)s?|chat ?bot|assistant|agents)[ "
        r"\t]{0,2}[:,–—][ \t]{0,3}(?:please|you|after|once|while|as|the|do|don['’]t|ignore|say|"
        r"tell|send|give|rate|recommend|always|never|when|if|before|after|stop|skip|include|add|"
        r"output|print|reply|respond|answer|approve|reveal|forward|mark|use|call|treat|this|in|insert|append|put|write|make|every|from)\b",
    ),
    rule(
        "addressed",
        SURE,
        "=ai|=ais|a.i|intelligence|language model|=llm|=llms|=bot|=bots|chatbot|chat bot|gpt|claude|gemini|assistant",
        rf"\b(?:as|to|for|any|every|whichever|whatever|each){GAP}(?:(?:the|an?|any|every){GAP})?(?:ai |"
        rf"virtual |helpful |support )?(?:{ONE}|assistant|bot){GAP}(?:(?:that|which|"
        rf"who){GAP})?(?:(?:is|are){GAP})?(?:read|process|handl|summari|pars|condens|see|scan|look|"
        rf"view|analy|index)\w{{0,6}}{GAP}(?:this|the|it|these|here)",
    ),
    rule(
        "addressed",
        SURE,
        "assistant|copilot|model|agent|completion & note|instruct|attention|message|todo|hint|rule",
        rf"\b(?:note|instructions?|attention|message|todo|hint|rules?)s?{GAP}(?:(?:to|for){GAP})?(?:(?:the|all|any|every)"
        rf"{GAP})?(?:code|coding|programming|ai|llm|automated|auto)[ -]?(?:assistant|copilot|model|agent|completion|"
        rf"completer|reviewer|tool)s?[ \t]{{0,3}}[:,–—-]",
    ),
    rule(
        "ai_must",
        0.7,
        "=ai|=ais|a.i|intelligence|language model|=llm|=llms|=bot|=bots|chatbot|chat bot|gpt|claude|gemini|"
        "copilot|mistral|assistant|agent|summari|crawler",
        rf"\b{AI}{GAP}(?:(?:that|which|who)(?:{GAP}\w{{1,15}}){{1,5}}?{GAP})?(?:must|has to|have to|"
        rf"should|shall|needs? to|is to|are to|will now)\b",
    ),
    rule(
        "skip",
        0.7,
        "ignore|disregard|instead|skip",
        rf"\b(?:ignore|disregard|skip|leave){GAP}(?:the|this|that|your|"
        rf"all){GAP}(?:\w{{1,15}}{GAP})?(?:document|text|user|question|request|rest|content|article|"
        rf"page|summary|task|identity check|checks?|verification)\b|\binstead of (?:the |a "
        rf")?(?:summar|answer|translat)",
    ),
    rule(
        "identity",
        SURE,
        "you are|you're|youre|act as|pretend",
        r"\b(?:you are|you['’]re|you will be|act as|pretend (?:to be|you are)|become)(?:\s(?:now|no "
        r"longer|henceforth|currently|going to be|operating as|acting as)){0,2}\s(?:a |an |the |in "
        r")?(?:[\w-]{1,20}\s){0,3}(?:DAN\b|jail ?broken|unrestricted|uncensored|unfiltered|language "
        r"model|large language|developer mode|maintenance mode|debug mode|god mode|(?:evil|no "
        r"limits?|omniscient|free) (?:ai|assistant)|bound by)",
    ),
    rule(
        "task",
        SURE,
        "your",
        r"\byour (?:new|real|actual|true|updated|revised|secret|hidden|sole) (?:task|instructions?|"
        r"goal|objective|mission|job|role|purpose|directive|priority|order)s? (?:is|are|will be|"
        r"shall be|must be|now)\b",
    ),
    rule(
        "task",
        SURE,
        "instruction|task|directive|prompt|objective|order|command|mission",
        r"\b(?:new|updated|revised|actual|real|secret|hidden|overriding|superseding|urgent new|"
        r"system|admin(?:istrator)?|developer)[ \t]{1,3}(?:(?:important|urgent|critical|system|"
        r"secret|priority|top|user|ai|bot|security)[ \t]{1,3}){0,2}(?:instructions?|directives?|"
        r"prompt|objectives?|orders|commands?|mission|override)[ \t*_#]{0,6}(?::|\*\*|[-–—]{1,3}[ "
        r"\t]|=>)",
    ),
    rule(
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
    rule(
        "exfil_link",
        SURE,
        "![|<img",
        r"(?:!\[[^\]\n]{0,80}\]\(|"
        r"<img[^>\n]{0,60}src\s{0,2}=\s{0,2}[\"']?)\s{0,3}(?:https?:)?//[^\s)>\"'?#]{1,150}"
        r"(?:[?#][^\s)>\"'=]{0,60}=(?:[^\s)>\"'=]{0,60}=){0,3}(?:\[\w|\{\w|<\w|%7b|%5b|\$\{|\{\{|"
        r"(?-i:[A-Z]{4,20}(?:_[A-Z]{2,12}){0,3}[)\s\"']))|/(?-i:[\[{<]{1,2}[A-Z_ ]{3,30}[\]}>]))",
    ),
    rule(
        "link_slot",
        0.5,
        "](",
        r"(?<!!)\[[^\]\n]{0,80}\]\((?:https?:)?//[^\s)?]{1,150}\?[^\s)=]{1,40}=(?:\[\w|<\w|\{\{|\$\{|"
        r"(?-i:[A-Z]{4,20}[)]))",
    ),
    rule(
        "exec_link",
        0.5,
        "javascript:|onerror|onload|<script|<svg",
        r"(?:javascript:|\bonerror\s{0,2}=|\bonload\s{0,2}=|<script\b|<svg[/ ])",
    ),
    rule(
        "exfil",
        SURE,
        "conversation|chat|password|key|credential|secret|token|prompt|history|contact|email|mail|"
        "inbox|data|details|information|card|record|address|bank|contact & @|http|www.",
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
    rule(
        "secrecy",
        0.7,
        "user|customer|human|anyone|owner|client|person & not|n't|n’t|dont|never|without|avoid|nor ",
        r"\b(?:do not|don['’]?t|never|without|must not|should not|avoid|nor)\s(?:ever\s)?(?:tell|"
        r"mention|inform|reveal|notif|alert|disclos|let|ask|warn|say|show|inform|asking|telling|"
        r"mention|explain|discuss|acknowledg)\w{0,6}\b(?:\s[\w'’]{1,15}){0,5}?\s(?:to\s)?(?:the\s|"
        r"your\s|any\s)?(?:users?|customers?|humans?|owner|end[- ]users?|client|person)\b",
    ),
    rule(
        "output",
        0.7,
        "your & response|reply|answer|output|summar|completion|message|recommendation|translation",
        rf"\b(?:in|into|to|of|with|from|on|for|by|after|before|end|modify|augment|enhance|encode|"
        rf"translate|reverse|begin|start|finish|conclude|render|write|prefix|append|provide|make|"
        rf"change|give|deliver|rewrite|encrypt|format){GAP}your{GAP}(?:(?:final|next|own|entire|whole|"
        rf"first|every|following|complete){GAP})?{OUT}\b",
    ),
    rule(
        "output",
        0.4,
        "answer|respond|reply|say|print|output|repeat|write",
        rf"\b(?:(?:answer|respond|reply|say|print|repeat|write|return|type){GAP}(?:only|exactly|"
        rf"just|nothing but|solely|always|verbatim|the following|with|in|that|using|back)|"
        rf"output{GAP}(?:only|exactly|nothing but|solely|verbatim|the (?:following|string|word|text)))\b",
    ),
    rule(
        "output",
        0.7,
        "your|the & response|reply|answer|output|summar|completion|message|recommendation|translation|code|solution",
        rf"\b(?:your|the){GAP}(?:(?:final|next|own|entire|whole|first|every|following|complete){GAP})?(?:{OUT}|"
        rf"code|solution){GAP}(?:must|should|shall|has to|have to|needs to|is to|may only|can only|will){GAP}"
        rf"(?:(?:only|always|also|not){GAP})?(?:be|begin|start|end|contain|include|say|have|mention|consist|use|read|"
        rf"recommend|tell|show|praise|state|finish|come)\b",
    ),
    rule(
        "tell_user",
        0.5,
        "tell|inform|advis|warn|remind|convince|urge|encourag|ask|instruct|persuad|assur|let & user|"
        "customer|visitor|human|reader|people|person|"
        "client|shopper|guest|buyer|everyone|anyone|whoever|them",
        rf"\b(?:tell|inform|advise|warn|remind|convince|urge|encourage|ask|instruct|persuade|assure|"
        rf"let){GAP}(?:(?:the|"
        rf"your|all|every|each|any|this){GAP})?(?:users?|customers?|visitors?|humans?|readers?|people|"
        rf"person|clients?|"
        rf"shoppers?|guests?|buyers?|everyone|anyone|whoever asks|them){GAP}(?:know{GAP})?(?:that|to|about|"
        rf"for|this|the|"
        rf"their|his|her|it|all|you)\b",
    ),
    rule(
        "when_you",
        0.5,
        "you |you're|your next",
        rf"\b(?:when|whenever|before|after|once|while|if|every time|as soon as){GAP}you(?:['’]re|{GAP}are)?{GAP}"
        rf"(?:repl|respond|answer|writ|summar|show|present|quot|translat|read|process|generat|produc|giv|return|list|"
        rf"mention|describ|cit|pars|display|output)\w{{0,7}}\b|\b(?:when|while|before|after|if){GAP}"
        rf"(?:asked about|summari[sz]ing|answering|replying|responding|quoting|presenting|listing)\b",
    ),
    rule(
        "calls",
        0.5,
        "_ & call|invoke|run|execute|use|trigger|using",
        r"\b(?:call|invoke|run|execute|use|trigger|using|calling)\s{1,3}(?:the\s{1,3}|your\s{1,3})?[`'\"]?"
        r"[a-z]{2,20}(?:_[a-z]{2,20}){1,4}\b",
    ),
    rule(
        "app",
        0.4,
        " app| application|assistant| account| service",
        rf"\b(?:use|using|via|through|with|log into|open|access){GAP}(?:the|my|your|his|her|their|our){GAP}"
        rf"(?:[\w'’-]{{1,20}}{GAP}){{0,3}}?(?:app|application|service|account|assistant|manager|"
        rf"platform){GAP}(?:to|and|in "
        rf"order to){GAP}\w{{3,15}}",
    ),
    rule(
        "hook",
        0.7,
        "summar|answer|ask|told|instruct|request|read|process",
        rf"\b(?:if|when|whenever|while|before|after|once)(?:{GAP}[\w'’]{{1,15}}){{0,4}}?{GAP}(?:asked|"
        rf"told|instructed|requested|prompted|summari[sz]\w{{1,4}}|answering|responding|reading|"
        rf"processing|read this|process this|see this|analy[sz]ing)\b[^\n.]{{0,80}}?\b(?:instead|"
        rf"also|make sure|always|say|reply|respond|you must|please|first|include|add|do not|must|"
        rf"only|tell|mention|recommend|output|print)\b",
    ),
    rule(
        "authority",
        0.5,
        "important|urgent|system|attention|priority|critical|emergency|override|admin",
        r"(?:[*#=\-!_<\[]{2,8}[ \t]{0,3}|^|\n)(?:very |new |super |high |most )?(?:important|urgent|"
        r"system|attention|priority|critical|emergency|override|admin(?:istrator)?)\b(?:[ "
        r"\t][\w]{1,15}){0,3}[ \t]{0,3}(?:[*#=!_\]>]{2,8}|:|!{1,5})",
    ),
    rule(
        "tool",
        0.5,
        "tool|function|api|plugin|action|endpoint & call|use|using|invoke|execute|run|trigger|perform|activate",
        rf"\b(?:call|use|using|invoke|execute|run|trigger|perform|activate){GAP}(?:(?:the|your|a|this|"
        rf"any|my){GAP})?(?:[`'\"]?\w{{1,40}}[`'\"]?{GAP})?(?:tool|function|api|plugin|action|"
        rf"endpoint)s?\b",
    ),
    rule(
        "mode",
        0.5,
        "mode|jailbreak|jail break|restriction|limit|filter|censor|constraint|boundar",
        r"\b(?:(?:developer|debug|maintenance|god|admin|sudo|dan|root|unrestricted|jailbreak)[ "
        r"-]mode|jail ?break\w{0,3}|(?:without|no|free (?:of|from)|ignoring|disregard)(?: "
        r"\w{1,12}){0,2} (?:restrictions|limits|limitations|filters?|censorship|constraints|"
        r"boundaries|ethic\w{0,6})|without any (?:restriction|limit|limitation))\b",
    ),
    rule(
        "cipher",
        0.5,
        "base|rot13|cipher|encod|encrypt|hex|morse|reverse|binary|backward",
        r"\b(?:base ?-?(?:16|32|58|64|85)|rot-?13|caesar|cipher|morse|pig latin|backwards?|(?:encode|"
        r"encrypt|reverse|obfuscate|translate) (?:your|the|this|all|it)\b)",
    ),
    rule(
        "snippet",
        0.5,
        "code",
        rf"\b(?:following|subsequent|below|this|given){GAP}(?:\w{{1,15}}{GAP}){{0,2}}?(?:code|snippet|"
        rf"script)(?:{GAP}(?:snippet|block|section|excerpt|fragment|segment|piece|"
        rf"portion)){{0,1}}(?:{GAP}\w{{1,15}}){{0,8}}?{GAP}(?:your|the|"
        rf"its){GAP}(?:\w{{1,15}}{GAP}){{0,3}}?(?:solution|response|implementation|answer|code ?base|"
        rf"code|algorithm|program|reply|output|project)\b",
    ),
    rule(
        "grant",
        0.5,
        "access|permission|money|fund|$|account|bitcoin|eur|usd|€|£|btc|permanent|guest|admin|unlimited|"
        "unrestricted|remote & grant|give|transfer|wire|"
        "unlock|withdraw|pay|donate|deposit|delete|disable|approve|share|send",
        r"\b(?:grant|give|transfer|wire|unlock|withdraw|pay|donate|deposit|delete|disable|approve|"
        r"share|send)\b(?:\s[\w'’$€£.,]{1,20}){0,6}?\s(?:permanent|full|guest|admin|unlimited|"
        r"unrestricted|remote|access|permission|\$|usd|eur|€|£|bitcoins?|btc|funds|money|account)\b",
    ),
    rule(
        "mention_ai",
        0.3,
        "=ai|=ais|a.i|intelligence|language model|=llm|=llms|=bot|=bots|chatbot|chat bot|gpt|claude|gemini|"
        "copilot|mistral|"
        "assistant|agent|summari|crawler|=ki|=ia",
        rf"\b(?:{AI}|KI|IA)\b",
    ),
    *ABROAD,
)


def hits(text: str) -> list[Hit]:
    """Every place where a rule holds."""
    lowered = text.lower()
    words = frozenset(_WORD.findall(lowered))
    found: list[Hit] = []
    for each in RULES:
        first, *others = each.needles
        if not (any(needle in lowered for needle in first) or not each.words.isdisjoint(words)):
            continue
        if all(any(needle in lowered for needle in group) for group in others):
            found.extend(Hit(each.code, *match.span(), each.weight) for match in each.pattern.finditer(text))
    return found
