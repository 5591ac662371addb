"""The signs that tell a claim from what only looks like one, and the claims that need no verb.

Invariant: every pattern is bounded; languages are named by two letters.
"""

from __future__ import annotations

import re

from engine.guardrails.output.frames import FRAMES

# "You will get a call", and what else names a deed by a noun only.
RECEIVE = re.compile(
    r"\byou(?:'ll| will| shall| are going to|'re going to) (?:\w+ly |soon |also |then )?(?:get|receive"
    r"|have|hear)\b"
    r"|\b(?:you can |please |\A)expect (?:an?|the|your)\b|\bhear (?:back )?from (?:us|me|our|an?)\b"
    r"|\b(?:sie|du) (?:erhalten|bekommen|erhältst|bekommst)\b|\b(?:erhalten|bekommen) sie\b"
    r"|\b(?:sie werden|werden sie|du wirst)\b[^.;:!?]{0,80}\b(?:erhalten|bekommen)\b"
    r"|\bvous (?:recevrez|allez recevoir|aurez)\b|\b(?:recibirá|recibirás|va a recibir|vas a recibir)\b"
    r"|\b(?:riceverà|riceverai)\b|\b(?:u|je) (?:ontvangt|krijgt|zult|zal)\b|\b(?:receberá|vai receber|irá "
    r"receber)\b"
)
DONE = re.compile(
    r"\A(?:great news[,!:] |good news[,!:] |ok(?:ay)?[,!] |great[,!] |alright[,!] )?(?:(?:it|that|this"
    r"|everything)(?:'s| is| has been) )?"
    r"(?:all )?(?:done|taken care of|sorted|all set|handled)(?: for you)?(?: now| already)?\s*[.!,]"
    r"|\b(?:it|that|this|everything)(?:'s| is| has| has now| has already)(?: now| already| all| been)* "
    r"(?:done|taken care of|sorted|set up|handled|arranged)\b"
    r"|\byou(?:'re| are) all set\b|\bconsider it done\b|\bi(?:'ve| have)? (?:already |just )?(?:taken"
    r"|took) care of (?:it|that|this|everything|your)\b"
    r"|\bi(?:'ve| have) (?:already |just )?done (?:it|that|this|so)\b"
    r"|\b(?:das|es|alles) (?:ist|wurde)(?: jetzt| schon| bereits| nun)? erledigt\b|\A(?:schon )?erledigt[.!]"
    r"|\bc'est (?:fait|réglé|bon, c'est fait)\b|\A(?:ya está hecho|hecho|listo)[.!,]|\bya está (?:hecho"
    r"|listo|resuelto)\b"
    r"|\A(?:tutto )?fatto[.!]|\bè (?:già )?(?:stato )?fatto[.!]|\A(?:het is )?(?:geregeld|gebeurd"
    r"|gedaan)[.!]|\bis geregeld\b"
    r"|\A(?:já está |está )?(?:feito|pronto|resolvido)[.!,]"
)
SHORT = re.compile(
    r"\A\W{0,4}(?:(?:your|the|ihre?|die|votre|la|su|sua|uw|o|a|l'|il) ?)?(?:[\w#-]+ ){1,3}"
    r"(?:issued|processed|cancell?ed|refunded|confirmed|created|opened|booked|updated|sent|submitted"
    r"|completed|approved|escalated|"
    r"applied|scheduled|storniert|erstattet|veranlasst|erstellt|gesendet|annulée?|remboursée?|envoyée?"
    r"|effectuée?|cancelad[oa]|"
    r"reembolsad[oa]|enviad[oa]|realizad[oa]|annullat[oa]|rimborsat[oa]|inviat[oa]|geannuleerd"
    r"|terugbetaald|verstuurd|verwerkt)"
    r"(?: successfully| erfolgreich| now)?\s*[.!]"
)
ON_ITS_WAY = re.compile(
    r"\b(?:replacement|refund|new one|credit|exchange)\b[^.;:!?]{0,40}(?:is|are|'s) (?:now |already )?on "
    r"(?:its|the|their) way\b"
)

_TEMPORAL = {
    "en": "once|when|whenever|after|until|till|before|as soon as|by the time",
    "de": "sobald|nachdem|bevor|bis|wenn|während",
    "fr": "dès que|dès qu'|lorsque|lorsqu'|quand|une fois|après|avant|jusqu'à",
    "es": "cuando|en cuanto|una vez|después|antes|hasta|tan pronto",
    "it": "quando|appena|una volta|dopo|prima|finché",
    "nl": "zodra|nadat|voordat|totdat|wanneer|als",
    "pt": "quando|assim que|depois|antes|logo que|uma vez",
}
_IF = {
    "en": "if|unless|in case|provided|should you|should your|whether|would you like",
    "de": "wenn|falls|sofern|sollten? (?:sie|ihre?|es|die|der|das)|ob|vorausgesetzt",
    "fr": "si|s'il|s'ils|au cas où|à condition",
    "es": "si|siempre que|en caso|a menos",
    "it": "se|qualora|nel caso|a condizione",
    "nl": "als|indien|mits|tenzij",
    "pt": "se|(?<!seu )(?<!meu )caso|desde que|a menos",
}
_JOIN = "and|but|or|so|und|aber|oder|et|mais|y|pero|e|ma|en|maar|mas|please|only|even"
CLAUSE_OPENS = {
    language: re.compile(rf"\A\s*(?:(?:{_JOIN}) )?(?:{_TEMPORAL[language]}|{_IF[language]})(?!\w)")
    for language in FRAMES
}
CONDITION = {language: re.compile(rf"(?<![\w'])(?:{words})(?!\w)") for language, words in _IF.items()}
GENERIC_TIME = {
    language: re.compile(rf"(?<![\w'])(?:{words})(?!\w)") for language, words in _TEMPORAL.items()
}
ASKS_FIRST = re.compile(
    r"\b(?:confirm|reply|tell me|tell us|let me know|let us know|say|give me|share|provide|send me|send us"
    r"|fill|sign in|log in|upload|"
    r"enter|choose|return it|ship it back|with your (?:permission|consent|ok)|bestätigen|antworten"
    r"|schicken sie|senden sie|"
    r"sagen sie|geben sie|nennen sie|teilen sie|wählen sie|confirmez|dites|indiquez|donnez|envoyez"
    r"|répondez|confirme|dígame|"
    r"indíqueme|envíe\w*|responda|confermi|mi dica|invii|mi mandi|bevestig|laat (?:me|het|ons)|geef|stuur "
    r"(?:me|ons)|me diga|"
    r"me informe|informe|mande|envie)\b"
)
# "As you asked, I …" is a claim: what was reported follows without a comma.
REPORTED = re.compile(
    r"\b(?:you|the customer|sie|vous|usted|u) (?:said|say|mention\w*|wrote|told|asked|ask|report\w*"
    r"|claim\w*|want\w*|wish|"
    r"would like|indicated|believe\w*|think|thought|sagten|schrieben|möchten|wollen|avez (?:dit|indiqué"
    r"|demandé)|"
    r"souhaitez|dijo|mencionó|quiere)\b(?![^.!?]*,)(?![^.!?]* (?:and|so|und|et|y|e|en) )"
    r"|\b(?:i understand|as i understand|you'd like|like me to|i see) (?:that )?you\b"
)
# English only: any other deed that is said to be done to something of the customer, but for what is said or looked at.
OTHER = re.compile(
    r"\b(?:i|we)(?:'ve| have)(?: (?:just|now|already|also|successfully|gone ahead and|personally"
    r"|since)){0,2} ((?:re-)?\w{2,20}ed) "
    r"(?:you(?:r|rs)?\b|this|that|it|our|the|an?|my)\b"
)
OTHER_PASSIVE = re.compile(
    r"\byour (?:[\w-]+ ){1,3}(?:has|have) (?:now |already |just |also |successfully ){0,2}been (?:now "
    r"|successfully ){0,2}(\w{2,20}ed)\b"
)
HAPPENED = tuple(
    re.findall(
        r"\S+",
        "receiv delay damag affect limit design expir attempt stopp block declin deliver "
        "reject detect interrupt",
    )
)
SAYING = tuple(
    re.findall(
        r"\S+",
        "look check review search examin receiv notic analy compar consider tri identif locat answer "
        "gather collect list "
        "translat convert calculat verif double assum apolog appreciat learn clarif shorten simplif "
        "highlight link quot "
        "copi past wrap draft walk hop want need lik enjoy miss retriev access fetch pull consult "
        "investigat track test "
        "determin estimat detect discover cover discuss expect finish decid select pick explain outlin "
        "describ mention "
        "summar includ provid attach show point not record ask request refer prepar work stat repeat "
        "correct updat load "
        "us open follow trac match scann view spott confus misread encounter experienc fail reach notif "
        "offer suggest "
        "recommend propos happen inform confirm chang bas reword rephras format structur organiz display "
        "post suppli",
    )
)
BY_YOU = re.compile(
    r"\A[^.;:!?]{0,40}\bby you\b|\A[^.;:!?]{0,30}\b(?:von ihnen|par vous|por usted|da lei|door u|por você)\b"
)
