"""The rules for languages other than English: who is spoken to, orders to forget, and the words for "your answer"."""

from __future__ import annotations

from engine.guardrails.indirect.pieces import SURE, Rule, rule

ABROAD: tuple[Rule, ...] = (
    rule(
        "mention_ai",
        0.3,
        "sprachmodell|linguistico|taalmodel|artificial|intelligence artificielle|asistente|assistente|"
        "assistent|modèle d|"
        "modelo d|modele d",
        r"\b(?:sprachmodell|mod[eè]l[eo] d[ei] (?:langage|lenguaje|linguagem)|modello linguistico|taalmodel|"
        r"inteligencia "
        r"artificial|inteligência artificial|intelligenza artificiale|intelligence artificielle|asistente|assistente|"
        r"assistent)\b",
    ),
    rule(
        "mention_ai",
        0.3,
        "模型|助手|人工|言語|アシスタント|인공|언어|어시스턴트|нейросет|модел|ассистент|искусственн|الذكاء|المساعد",
        r"人工智能|语言模型|助手|言語モデル|アシスタント|인공지능|언어 ?모델|어시스턴트|"
        r"языков\w{1,3} модел\w{1,3}|"
        r"нейросет\w{1,3}|"
        r"ассистент|искусственн\w{1,4} интеллект\w?|الذكاء الاصطناعي|المساعد",
    ),
    # Orders to forget, in other languages: always the verb and the word for instructions, in either order.
    rule(
        "reset_de",
        SURE,
        "ignorier|vergiss|vergessen|missachte|beachte",
        r"\b(?:ignorier\w{1,3}|vergiss|vergessen sie|missachte\w{0,2}|beachte\w{0,2} nicht|"
        r"setz\w{0,2})\b(?:\s[\wäöüß]{1,20}){0,6}?\s(?:anweisung|instruktion|anordnung|vorgabe|"
        r"befehl|aufforderung|prompt|richtlinie)\w{0,3}",
    ),
    rule(
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
    rule(
        "reset_ger",
        SURE,
        "negeer|vergeet|ignorera|ignorer|glöm|glem|bortse|se bort",
        r"\b(?:negeer|vergeet|ignorera|ignorer|glöm|glem|bortse från|se bort "
        r"fra)\b(?:\s[\wåäöæø]{1,20}){0,6}?\s(?:instructi|opdracht|aanwijzing|instruktion|instruks|"
        r"anvisning|prompt|order)\w{0,5}",
    ),
    rule(
        "reset_slav",
        SURE,
        "игнорир|забуд|ігнору|ignoruj|zignoruj|zapomnij|zapomeň|pomiń|не обращ|zapomni|занемар",
        r"\b(?:про?игнорир\w{1,6}|игнорир\w{1,6}|забуд\w{1,4}|ігнору\w{1,5}|z?ignoruj\w{0,3}|"
        r"zapomnij\w{0,3}|zapomeň\w{0,2}|pomiń\w{0,3}|не обращай\w{0,2} "
        r"внимания)(?:\s\w{1,20}){0,6}?\s(?:инструкци|указани|команд|правил|підказк|вказівк|"
        r"інструкці|instrukcj|polece|wskaz|pokyn|instrukc|příkaz|zasad)\w{0,5}",
    ),
    rule(
        "reset_asia",
        SURE,
        "忽略|无视|無視|忘记|忘記|忘れ|不要理会|忽視|무시|잊",
        r"(?<![勿别別])(?:忽略|无视|無視|忘记|忘記|不要理会|忽視|抛开)[^\n。！？.]{0,16}(?:指令|指示|命令|(?:之前|以上|上述|先前|前面|所有|你的|"
        r"系统)[^\n。！？.]{0,6}(?:说明|提示|规则|要求|說明|規則))|(?:指示|命令|プロンプト|ルール|指令)[^\n。！？]{0,12}(?:無視|忘れ)|"
        r"(?:지시|명령|지침|프롬프트|규칙)[^\n.!?]{0,14}(?:무시|잊)",
    ),
    rule(
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
    rule(
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
