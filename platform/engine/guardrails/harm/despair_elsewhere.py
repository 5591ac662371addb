"""How people say in other languages that they think of hurting themselves.

Invariant: small letters, apostrophes removed, words joined by single blanks; every repetition is bounded.
"""

from __future__ import annotations

import re

# A text with none of these is not looked at further.
HINTS = (
    "leven", "bestaan", "wakker worden",
    "umbringen", "umzubringen", "bringe mich", "bring mich", "sterben", "mehr leben", "leben", "ritze",
    "ritzen", "erhängen", "ohne mich", "selbstmord", "suizid", "selbstmordgedanken", "suizidgedanken",
    "nie geboren", "lieber tot", "tot sein", "verletzen", "aufwachen", "töten", "lebensmüde",
    "selbstverletzung", "zur last", "me suicider", "suicider", "suicidaires", "suicide", "mourir",
    "en finir", "vivre", "sans moi", "mutiler", "scarifier", "fin à", "me tuer", "disparaître",
    "suicidarme", "suicidar", "suicidas", "suicidio", "morir", "morirme", "matarme", "vivir", "sin mi",
    "sin mí", "hacerme", "quitarme", "ahorcarme", "cortarme", "existir", "me quiero matar", "morrer",
    "me matar", "viver", "sem mim", "suicídio", "minha vida", "morire", "uccidermi", "ammazzarmi",
    "suicidarmi", "farla finita", "vivere", "senza di me", "suicidi", "togliermi", "farmi", "impiccarmi",
    "tagliarmi", "sparire", "vita non", "zelfmoord", "zelfmoordgedachten", "suïcide", "dood", "doodgaan",
    "zonder mij", "mezelf", "mijzelf", "mijn leven", "zabić", "zabiję", "zabic", "umrzeć", "umrzec",
    "samobójstwo", "samobójstwie", "samobójcze", "żyć", "zyc", "życia", "beze mnie", "tnę", "powiesić",
    "umřít", "zabít", "sebevraždu", "žít", "zemřít", "умереть", "сдохнуть", "убить себя", "покончить",
    "покончу", "самоубийстве", "суицид", "суициде", "жить", "без меня", "повеситься", "убью себя", "смысла",
    "на себя руки", "режу себя", "вбити себе", "померти", "жити", "смерти", "ölmek", "olmek", "intihar",
    "kendimi", "yaşamak", "yasamak", "bensiz", "hayatıma", "självmord", "självmordstankar", "livet av",
    "livet af", "selvmord", "selvmordstanker", "dö", "dø", "leva", "leve", "itsemurha", "itsemurhaa",
    "itsemurhan", "kuolla", "tappaa itseni", "elää", "mă sinucid", "să mor", "mă omor", "să trăiesc",
    "meghalni", "halni", "ölni magam", "élni", "öngyilkos", "πεθάνω", "αυτοκτονήσω", "δεν θέλω να ζω",
    "tự tử", "muốn chết", "bunuh diri", "ingin mati", "mau mati", "pengen mati", "muốn sống",
)  # fmt: skip
PATTERNS = (
    # German
    (
        r"\b(?:ich|mich) (?:\w{2,14} ){0,5}(?:umbringen|umzubringen|erhängen|aufhängen|erschießen|töten|r"
        r"itzen|ritze mich)\b"
    ),
    r"\b(?:bringe|bring|ritze|erhänge|töte) mich(?: \w{2,10}){0,2}(?: um)?\b(?=.{0,30}(?:um|ritz| \.|$))",
    r"\bmich (?:selbst )?(?:umbringen|umzubringen|ritzen|erhängen|töten|verletzen)\b",
    (
        r"\b(?:möchte|will|wollte|würde|mag|kann)(?: \w{2,14}){0,4} (?:sterben|tot sein|nicht mehr leben|"
        r"nicht mehr aufwachen|nicht mehr da sein|nicht mehr hier sein|nicht mehr weiterleben)\b(?! vor l"
        r"achen)"
    ),
    r"\b(?:ohne mich) (?:\w{2,12} ){0,3}(?:besser|glücklicher)\b",
    r"\b(?:besser|glücklicher) (?:dran )?ohne mich\b",
    (
        r"\b(?:keinen?|kein) (?:sinn|grund|lust) (?:mehr )?(?:im|am|zu|mehr zu|zum|auf(?: das)?) (?:leben"
        r"|weiterleben)\b"
    ),
    r"\b(?:selbstmord|suizid)(?: (?:begehen|machen|gedanken|denken|verüben))",
    r"\b(?:selbstmord|suizid)gedanken\b",
    r"\b(?:denke|gedanken)(?: \w{2,8}){0,3} (?:an|über) (?:selbstmord|suizid)\b",
    r"\bwäre (?:ich )?(?:doch )?(?:lieber |am liebsten )?(?:tot|nie geboren)\b",
    r"\b(?:mir|meinem leben)(?: \w{2,8}){0,2} (?:das leben nehmen|ein ende (?:setzen|machen))\b",
    r"\bleben (?:nehmen|beenden|nicht mehr lebenswert|hat keinen sinn)\b",
    r"\b(?:lebensmüde|selbstverletzung)\b", r"\bfalle (?:allen|jedem|euch) nur zur last\b",
    # French
    (
        r"\b(?:me|m) (?:suicider|tuer|pendre|mutiler|scarifier|faire du mal|foutre en l ?air|ôter la vie)"
        r"\b(?! (?:à la tâche|au travail|de rire))"
    ),
    (
        r"\b(?:je|jai|j ai) (?:veux|voudrais|vais|préfère|préférerais|envie de|ai envie de)(?: \w{2,8})"
        r"{0,2} (?:mourir|en finir(?= \.|$)|en finir avec (?:la|ma) vie|disparaître pour toujours|être mo"
        r"rte?)\b(?! de (?:rire|faim|honte))"
    ),
    r"\benvie de (?:mourir|vivre(?= \.|$)|me tuer|en finir avec)\b(?! de rire)",
    r"\b(?:plus|pas|aucune?) (?:envie|raison|goût) de vivre\b",
    r"\bne (?:veux|voudrais) plus (?:vivre|être là|exister)\b", r"\bveux plus vivre\b",
    r"\b(?:mieux|plus heureux|plus heureuse) sans moi\b", r"\b(?:pensées|idées) suicidaires\b",
    r"\b(?:penser?|pense|songe|songer) au suicide\b", r"\bmettre fin à (?:mes jours|ma vie|tout ça)\b",
    r"\bvie ne vaut (?:plus |pas )?la peine\b",
    # Spanish
    (
        r"\b(?:quiero|quisiera|voy a|deseo|pienso|ganas de|prefiero|intenté|cómo|como)(?: \w{2,8}){0,2} ("
        r"?:morir|morirme|matarme|suicidarme|quitarme la vida|ahorcarme|hacerme daño|cortarme(?: las vena"
        r"s)?|desaparecer para siempre|acabar con (?:mi vida|todo))\b(?! de (?:risa|hambre|vergüenza)| el"
        r" pelo)"
    ),
    (
        r"\b(?:no quiero|ya no quiero|no deseo) (?:seguir )?(?:vivir|viviendo|existir|estar aquí más|desp"
        r"ertar)\b(?! en)"
    ),
    r"\b(?:mejor|más felices?) sin (?:mi|mí)\b(?! (?:pedido|paquete|dinero))",
    (
        r"\b(?:no tiene sentido|sin ganas de|no vale la pena|ganas de) (?:la vida|vivir|seguir viviendo|m"
        r"i vida)\b"
    ),
    r"\bpensamientos suicidas\b", r"\bme quiero (?:morir|matar|suicidar)\b(?! de risa)", r"\bsuicidarme\b",
    r"\bquitarme la vida\b", r"\bpensando en (?:el suicidio|suicidarme|matarme)\b",
    r"\bmotivos? para vivir\b",
    # Italian
    (
        r"\b(?:voglio|vorrei|sto per|penso di|preferirei|desidero|ho voglia di|come)(?: \w{2,8}){0,2} (?:"
        r"morire|uccidermi|ammazzarmi|suicidarmi|impiccarmi|togliermi la vita|farla finita|tagliarmi|farm"
        r"i del male|essere mort[oa]|sparire per sempre)\b(?! (?:dal ridere|di fame|dalle risate)| i cape"
        r"lli)"
    ),
    r"\b(?:non voglio|non ho più voglia di|non vorrei) (?:più )?(?:vivere|esserci|esistere)\b(?! (?:a|in))",
    r"\bnon voglio più vivere\b", r"\b(?:meglio|più felici) senza di me\b", r"\bpensieri suicidi\b",
    r"\bvita non (?:ha (?:più )?senso|vale la pena)\b", r"\b(?:suicidarmi|togliermi la vita|uccidermi)\b",
    r"\bpenso al suicidio\b", r"\b(?:motivo|ragione) (?:per|di) vivere\b",
    # Portuguese
    (
        r"\b(?:quero|queria|vou|gostaria de|penso em|prefiro|pensando em|vontade de|como)(?: \w{2,8})"
        r"{0,2} (?:morrer|me matar|matar me|me suicidar|me enforcar|tirar (?:a )?minha (?:própria )?vida|"
        r"acabar com (?:a )?minha vida|me cortar|me machucar|sumir para sempre|estar mort[oa])\b(?! de ri"
        r"r)"
    ),
    r"\bme quero matar\b",
    r"\b(?:não quero|nao quero|não aguento)(?: mais)? (?:viver|existir|acordar|estar aqui)\b(?! em)",
    r"\b(?:melhor|mais felizes) sem mim\b", r"\bpensamentos suicidas\b",
    r"\b(?:razão|razao|motivo|sentido|vontade) (?:para|de|em) viver\b",
    r"\bvida não (?:vale a pena|faz (?:mais )?sentido)\b", r"\bme matar hoje\b", r"\bcometer suicídio\b",
    # Dutch
    r"\b(?:wil|wou|zou|kan) (?:\w{1,8} ){0,2}niet meer (?:verder )?(?:leven|bestaan|wakker worden)\b",
    (
        r"\b(?:wil|ga|zou|wilde|overweeg|kan)(?: \w{2,10}){0,4} (?:dood|doodgaan|sterven|dood zijn|niet m"
        r"eer leven|zelfmoord plegen|(?:mezelf|mijzelf)(?: \w{2,8}){0,2} (?:doden|ophangen|snijden|pijn d"
        r"oen|verwonden))\b(?! van het lachen)"
    ),
    r"\b(?:maak|maken|beneem)(?: \w{2,8}){0,3} (?:een eind|einde) aan (?:mijn leven|alles|het)\b",
    r"\beinde? aan mijn leven\b",
    r"\b(?:mezelf|mijzelf) (?:van kant maken|ophangen|doden|snijden|iets aandoen|wat aandoen)\b",
    r"\bbeter af zonder mij\b", r"\b(?:zelfmoord|suïcide)(?: plegen|gedachten)",
    r"\b(?:denk|denken|gedachten)(?: \w{2,8}){0,2} (?:aan|over) zelfmoord\b",
    r"\bgeen (?:zin|reden) (?:meer )?(?:in het leven|om te leven)\b",
    r"\bniet meer (?:leven|wakker worden)\b(?=.{0,20}(?: \.|$|wil|meer))",
    # Polish, Czech
    (
        r"\b(?:chcę|chce|chciał(?:bym|abym)|zamierzam|mam ochotę|myślę żeby|wolę)(?: \w{2,10}){0,2} (?:si"
        r"ę zabić|sie zabic|umrzeć|umrzec|zabić się|zabic sie|nie żyć|popełnić samobójstwo|się powiesić|z"
        r"e sobą skończyć|skończyć ze sobą|się pociąć|zniknąć na zawsze)\b(?! ze śmiechu)"
    ),
    r"\bzabiję się\b", r"\bnie (?:chcę|chce) (?:już )?(?:żyć|zyc|istnieć)\b",
    r"\bmyśl(?:i|ę|ami)(?: \w{1,8}){0,2} samobój\w{1,8}", r"\b(?:lepiej|szczęśliwsi) beze mnie\b",
    r"\b(?:sensu|powodu),? (?:żeby |aby )?(?:życia|żyć|dalej żyć)\b", r"\btn(?:ę|ie) się\b",
    (
        r"\b(?:chci|chtěl[a]?|chtěl bych|chtěla bych)(?: \w{2,8}){0,2} (?:umřít|se zabít|zemřít|spáchat s"
        r"ebevraždu)\b"
    ),
    r"\bnechci (?:už )?žít\b",
    # Russian, Ukrainian
    (
        r"(?:хочу|хочется|хотел[а]? бы|собираюсь|думаю|лучше бы|решил[а]?|как)(?: \w{1,10}){0,3} (?:умере"
        r"ть|сдохнуть|убить себя|покончить с собой|покончить с жизнью|повеситься|суицид|суициде|самоубийс"
        r"тве|не жить|исчезнуть навсегда|порезать себя)(?! со смеху| от смеха)"
    ),
    r"не (?:хочу|хочется) (?:больше )?(?:жить|просыпаться|существовать)(?! в)",
    r"покончу? с собой|покончить с собой|убью себя|наложить на себя руки|режу себя",
    r"(?:лучше|проще) без меня\b",
    r"(?:нет|не вижу|никакого)(?: \w{1,8}){0,2} смысла (?:жить|в жизни|жизни)",
    r"мысли о (?:самоубийстве|суициде|смерти)", r"хочу (?:вбити себе|померти)|не хочу (?:більше )?жити",
    r"жить (?:больше )?не хочу",
    # Turkish
    r"\b(?:ölmek|olmek) (?:istiyorum|isterdim|istiyom)\b",
    r"\b(?:kendimi) (?:öldür\w{0,12}|oldur\w{0,12}|asacağım|kesiyorum|asmak)\b",
    r"\bintihar (?:et\w{1,12}|edece\w{1,6}|etmeyi|düşün\w{1,10}|edicem)",
    r"\b(?:yaşamak|yasamak) istemiyorum\b(?! (?:burada|orada))",
    r"\b(?:artık )?yaşamak için (?:bir )?(?:neden|sebep)\w{0,4} (?:yok|kalmadı)",
    r"\bbensiz daha (?:iyi|mutlu)\b", r"\bhayatıma son ver\w{1,10}",
    # Swedish, Danish, Norwegian, Finnish, Romanian, Hungarian, Greek, Vietnamese, Indonesian
    (
        r"\b(?:vill|vil|ska|skal)(?: \w{2,8}){0,2} (?:dö|dø|ta livet av mig|tage livet af mig selv|begå s"
        r"jälvmord|begå selvmord|ta livet av meg|ta mitt liv)\b"
    ),
    (
        r"\b(?:vill|vil|orkar|orker|gider) (?:inte|ikke) (?:leva|leve)(?: längre| mere| lenger| mer)?\b(?"
        r"! (?:i|på))"
    ),
    r"\b(?:själv|selv)mords?tankar\b|\bselvmordstanker\b",
    r"\bhaluan (?:kuolla|tappaa itseni)\b|\ben halua (?:enää )?elää\b|\bitsemurha(?:a|n tehdä|ajatuksia)\b",
    r"\bvreau să (?:mor|mă sinucid|mă omor)\b|\bnu mai vreau să trăiesc\b",
    (
        r"\b(?:meg akarok halni|meg akarom ölni magam|nem akarok (?:tovább )?élni|öngyilkos (?:leszek|aka"
        r"rok))\b"
    ),
    r"θέλω να (?:πεθάνω|αυτοκτονήσω)|δεν θέλω να ζ", r"(?:muốn chết|muốn tự tử|không muốn sống)",
    r"\b(?:ingin|mau|pengen) (?:mati|bunuh diri)\b",
)  # fmt: skip
# Written without blanks, or with endings that a word boundary does not end: these say it all by themselves.
UNSPACED = re.compile(
    r"死にたい|自殺したい|自殺しよう|自殺する方法|消えたい|生きたくない|生きていたくない|我?想自杀|我?要"
    r"自杀|我想死|不想活|活不下去|想結束(?:我|自己)?的?生命|想结束(?:我|自己)?的?生命|轻生|輕生|我想自殺|"
    r"죽고 ?싶|자살(?:하고|할|하려)|살고 ?싶지 ?않|살기 ?싫|(?:أريد|اريد|عايز|بدي|سوف) (?:أن )?(?:أموت|ام"
    r"وت|أنتحر|انتحر|الانتحار)|لا (?:أريد|اريد) (?:أن )?(?:أعيش|اعيش)|أفكر في الانتحار|אני רוצ[הא] (?:למו"
    r"ת|להתאבד)|לא רוצ[הא] לחיות|मरना चाहत|जीना नहीं चाहत|आत्महत्या कर|อยากตาย|ฆ่าตัวตาย|ไม่อยากมีชีวิต"
)  # fmt: skip
