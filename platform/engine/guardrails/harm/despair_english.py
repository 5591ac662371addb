"""How people say in English that they think of hurting themselves.

Invariant: small letters, apostrophes removed, words joined by single blanks; every repetition is bounded.
"""

from __future__ import annotations

# A text with none of these is not looked at further.
HINTS = (
    "die", "dying", "dead", "death", "suicide", "suicidal", "unalive", "myself", "my self", "my life",
    "my own life", "my existence", "to live", "be alive", "living", "better off", "burden", "end it",
    "ending it", "end my", "miss me", "hit me", "if i", "take my", "wake up", "my wrists", "my wrist",
    "my arms", "wrists", "worth", "born", "be here", "kms", "pills", "tablets", "meds", "overdose",
    "overdosing", "goodbye", "farewell", "disappear", "vanish", "exist", "existing", "jump", "jumping",
    "on the bridge", "on a bridge", "no way out", "no reason", "no point", "self harm", "selfharm",
    "self harming", "self harmed", "self injure", "self injury", "starve", "giving up on", "give up on",
    "given up on", "my cuts", "my scars", "this life", "a rope", "noose", "stop eating", "my skin",
    "all to end", "my own", "throw up", "the pain", "my pain", "artery", "veins", "my throat", "be gone",
    "not alive", "of life", "happier", "without me", "cutting", "go out like", "be alive", "for ever",
    "forever", "existence", "easiest", "painless", "painlessly",
)  # fmt: skip
_WISH = (
    r"(?:want(?:ed|s)? to|wanna|going to|gonna|wish to|plan(?:ning)? to|ready to|try(?:ing)? to|tried to|"
    r"about to|need to|will|ill|would like to|thinking (?:of|about)|thoughts? of|think about|feel like|li"
    r"ke to|just|let me|decided to|urge to|considering|keep|kept|started|how (?:do|can|could|should) i|ho"
    r"w to|ways? (?:to|of)|best|easiest|might|could|gotta|tempted to|have to|ought to)"
)  # fmt: skip
_FILL = (
    r"(?: (?:really|just|so|simply|actually|honestly|literally|fucking|only|even|quickly|painlessly|final"
    r"ly|seriously|badly|both|go|to)){0,3}"
)  # fmt: skip
# What a stretch must hold for the pattern to be tried, and the pattern.
PATTERNS = (
    (
        "my",
        rf"\b{_WISH}{_FILL} (?:kill(?:ing)?|hang(?:ing)?|harm(?:ing)?|hurt(?:ing)?|cut(?:ting)?|drown(?:in"
        r"g)?|shoot(?:ing)?|poison(?:ing)?|starv(?:e|ing)|stab(?:bing)?|unalive|burn(?:ing)?|strangl(?:e|"
        r"ing)|suffocat(?:e|ing)|electrocut(?:e|ing)|overdos(?:e|ing)(?: on)?|injur(?:e|ing)|off|end(?:in"
        r"g)?|mutilat(?:e|ing)) (?:myself|my self)\b",
    ),
    ("my", r"\b(?:kill|hang|unalive|drown) (?:myself|my self)\b"),
    (
        "self|cutting",
        r"\b(?:i|ive|ive been|been|keep|started|again|am|im) (?:self ?harm(?:ing|ed)?|cutting myself|cutt"
        r"ing|self ?injur\w{1,4})\b(?! (?:edge|board|costs|my))",
    ),
    ("self", r"\bself ?harm (?:again|myself|urges?|thoughts)\b"),
    ("self", r"\burges? (?:to|for) self ?harm"), ("self", r"\bhow (?:do i|can i|to) (?:stop )?self ?harm"),
    ("hide my", r"\bhide my (?:cuts|scars)\b"),
    (
        "my",
        r"\bi(?:ve)? (?:have )?(?:cut|burn|burned|slit|hurt) (?:my (?:own )?(?:arms?|wrists?|skin|thighs?"
        r"|legs?)|myself) (?:again|when i (?:am|feel)|whenever|last night|when im|when i am|when i feel|b"
        r"ecause i|to feel|on purpose|every)\b",
    ),
    (
        "wrist|throat|vein",
        r"\b(?:slit|slash|cut|open) (?:my|both|ones|your own) (?:own )?(?:wrists?|throat|veins?)\b",
    ),
    (
        "arter|vein|jugular",
        r"\b(?:sever|pierce|slice|cut) my (?:own )?(?:\w{2,12} )?(?:artery|arteries|vein|veins|jugular)\b",
    ),
    (
        "die|dead|gone|exist|wake up|asleep|end ",
        r"\b(?:want|wanted|wanna|wish|wishing|going|gonna|ready|rather|like|hope|hoping|need|deserve|plea"
        rf"se let me|let me|plan|prefer)(?: (?:to|i|that|id|would|could|can|will|might|just))?{_FILL} (?:d"
        r"ie|be dead|be gone for ?ever|cease to exist|not exist|stop existing|never wake up|not wake up|s"
        r"leep for ?ever|fall asleep for ?ever|end it all|end everything)\b(?! (?:laughing|than (?:use|shop|buy"
        r"|fly|order|pay|call|deal|wait|eat|give|work|talk)|of (?:laugh|em"
        r"barrass|bore|shame|hunger|cute|excite|curio)\w{0,12}|from (?:laugh|embarrass|cute|bore)\w{0,12}"
        r"|hard fan|in (?:the )?(?:game|battle|level|minecraft|pvp)))",
    ),
    (
        "life|existence",
        r"\b(?:end(?:ing)?|tak(?:e|ing)|took|finish(?:ing)?|quit|throw away) (?:my own|my) (?:life|existe"
        r"nce)\b(?! (?:insurance|story|membership|subscription|plan|savings|back|easier))",
    ),
    ("it all", r"\bend(?:ing)? it all\b"),
    ("to end|be over", r"\bwant (?:it|everything|this)(?: all)? to (?:end|be over) for ?ever\b"),
    (
        "go on",
        r"\bcan(?:t|not) go on (?:any ?more|any longer|like this)(?: \.)?(?: \w{1,10}){0,2} (?:want it al"
        r"l to end|want to end|end it|die|living)\b",
    ),
    (
        "jump",
        r"\b(?:which|what|best|good) (?:\w{2,10} ){0,3}(?:bridge|building|roof|cliff)(?: \w{1,10}){0,4} t"
        r"o jump (?:from|off)\b",
    ),
    (
        "end it|dead|gone|its over",
        r"\b(?:tonight|today|tomorrow|soon) (?:i will|ill|i am going to|im going to|i) (?:end it|be dead|"
        r"be gone for ever|do it and then its over)\b",
    ),
    (
        "live|living|alive|exist|world|wake up|around|earth",
        r"\b(?:dont|do not|no longer|didnt|never|not) (?:really |even |actually )?(?:want|wanna|wish|care"
        r")(?: to)? (?:live|be alive|exist|be on this earth|wake up|keep living|go on living|continue liv"
        r"ing|be in this world|be around)\b(?! (?:in|at|near|with|on|here|chat|there|up (?:at|so|early|be"
        r"fore|my|the|late)|this early))",
    ),
    ("be here", r"\b(?:dont|do not|no longer) (?:really |even )?(?:want to|wanna) be here(?= \.|$)"),
    (
        "be here",
        r"\b(?:dont|do not|no longer) (?:really |even )?(?:want to|wanna) be here (?:any ?more|any longer"
        r"|tomorrow|on earth|or anywhere|in this world|no more)\b",
    ),
    (
        "better off",
        r"\bbetter off (?:without me|dead|if i (?:was|were|am|wasnt|werent|died|did not|didnt|disappeared"
        r"|am gone))\b(?! (?:as a customer|on|in the|at the))",
    ),
    (
        "without me|if i|i am gone",
        r"\b(?:happier|better|easier)(?: place| world)? (?:without me|if i (?:was|were) (?:dead|gone)|onc"
        r"e i am gone|if i (?:died|disappeared|didnt exist|did not exist))\b",
    ),
    (
        "li|exist|alive",
        r"\b(?:no|any|a|the|little|one) (?:more )?(?:reason|point|purpose|will|motivation|sense) (?:left "
        r")?(?:to|in|for|of) (?:go on )?(?:live|living|life|be alive|existing|exist|stay alive|going on l"
        r"iving)\b(?! (?:chat|agent|support))",
    ),
    ("live for|living for", r"\bnothing (?:left |more )?(?:to|worth) (?:live for|living for)\b"),
    (
        "worth",
        r"\b(?:life|living|it) (?:is|isnt|is not|aint|feels|seems) (?:just )?(?:not |no longer |never )?w"
        r"orth (?:living|it to live|living any ?more)\b",
    ),
    ("worth", r"\bnot worth living\b"),
    (
        "living|life|want to end",
        r"\bcan(?:t|not)(?: really)? (?:go on|keep) (?:living|with (?:my|this|the) life|like this and wan"
        r"t to)\b",
    ),
    (
        "life|living|alive|existing",
        r"\bcan(?:t|not) (?:take|stand|bear|do) (?:this |my )?(?:life|living|being alive|existing)\b",
    ),
    (
        "suicidal",
        r"\b(?:i am|im|i feel|feeling|feel|been|felt|be|become|becoming|very|getting) (?:\w{2,12} )?suici"
        r"dal\b",
    ),
    ("suicidal", r"\bsuicidal (?:thoughts?|ideation|feelings?|urges?|again|and i)\b"),
    (
        "suicide",
        r"\b(?:commit(?:ting)?|attempt(?:ing|ed)?|consider(?:ing)?|contemplat(?:e|ing)|thinking (?:of|abo"
        r"ut)|thoughts? (?:of|about)|thought about|plan(?:ning)?|think about|painless|my|fast|easy|succes"
        r"sful|want|through|via) (?:\w{2,10} )?suicide\b(?! (?:squad|prevention|awareness|hotline volunte"
        r"er|bombing|bomber|note in the|scene|poster|movie|film|book))",
    ),
    ("suicide", r"\bsuicide (?:methods?|plan|pact)\b"),
    ("suicide", r"\b(?:methods?|ways?|means) (?:of|for) (?:\w{2,10} )?suicide\b(?! prevention)"),
    (
        "suicide",
        r"\b(?:i|need|call|number|give|want|a) (?:\w{2,10} ){0,3}suicide (?:hotline|helpline|line)\b",
    ),
    ("note", r"\bwrit(?:e|ing|ten) my (?:suicide|farewell|goodbye) note\b"),
    (
        "note|letter",
        r"\bwrit(?:e|ing|ten)(?: (?:my|a|the))? (?:suicide note|goodbye letter|farewell letter|last lette"
        r"r)\b(?! for (?:my|a|the) (?:colleague|boss|coworker|character|novel))",
    ),
    (
        "how m",
        r"\bhow (?:many|much) (?:[^\s]{1,20} ){1,6}(?:to (?:die|kill|overdose|be (?:fatal|lethal|deadly))"
        r"|is (?:lethal|fatal|deadly)|would kill|until (?:i|you) die|before (?:i|you) die|it takes? to di"
        r"e|end it)\b",
    ),
    (
        "overdose",
        r"\b(?:how (?:do i|can i|could i|to)|want to|going to|will|tried to|way to|ways to|just) (?:\w"
        r"{2,12} )?overdose\b(?! alert)",
    ),
    (
        "pills|tablets|med|painkillers",
        r"\b(?:took|taken|swallowed|swallow|taking) (?:all (?:of )?(?:the|my|these|those)|a (?:whole )?(?"
        r":bottle|pack|box|handful) of|too many|every) (?:\w{2,16} )?(?:pills|tablets|medication|meds|pai"
        r"nkillers|sleeping pills)\b(?! (?:back|out|off|by mistake))",
    ),
    (
        "die|dying|myself|yourself|oneself|end |suicide|go out|leave this|self",
        r"\b(?:painless|easiest|quickest|least painful|best|quick|easy|fastest|peaceful|painlessly|fast) "
        r"(?:and \w{3,10} )?(?:ways?|methods?|means) (?:for me |for someone )?(?:to|of|for) (?:die|dying|"
        r"kill (?:myself|yourself|oneself)|end (?:my|your|ones|it all|a) ?(?:own )?(?:life)?|suicide|go o"
        r"ut|leave this world|self ?harm|hurt (?:myself|yourself)|cut (?:myself|yourself))\b",
    ),
    (
        "die|dying",
        r"\b(?:die|dying) (?:painlessly|without pain|peacefully in my sleep tonight|quickly and painless"
        r"\w{0,2})\b",
    ),
    (
        "jump",
        r"\bjump(?:ing)? (?:off|from|in front of|under|out of) (?:a|the|my|some) (?:\w{2,12} )?(?:bridge|"
        r"building|roof|train|balcony|cliff|tower|window|rooftop|overpass|car|truck|bus)\b(?! (?:in|with|"
        r"game|stunt|level|safely|bungee|parachute|scene|simulator))",
    ),
    (
        " on a | on the ",
        r"\b(?:standing|sitting|here|am|im) on (?:a|the) (?:bridge|roof|rooftop|ledge|railing|railway tra"
        r"cks|tracks|rails) (?:and|about|ready|thinking|wanting|right now)\b",
    ),
    (
        "dead|born|alive|die|exist|ever",
        r"\bwish(?:ed)? (?:i|that i|id|i had) (?:was|were|could be|wasnt|werent|was not|had|would|had nev"
        r"er|never|hadnt|could|been)(?: (?:never|been|just|not|to)){0,2} (?:dead|born|alive|die|exist|exi"
        r"sted|disappear for ?ever|gone for ?ever)\b",
    ),
    (
        "dead|die|alive|exist",
        r"\b(?:id|i would|would|i had) (?:rather|sooner) (?:be dead|die|not be alive|not exist)\b(?! than"
        r" (?:use|shop|buy|fly|order|pay|call|deal|wait|stay|eat|go|give))",
    ),
    (
        "nobody|no one|noone|who|not one",
        r"\b(?:nobody|no one|noone|who|not one) (?:would|will|d|wont|is going to|else would)(?: (?:even|r"
        r"eally|ever|would))? (?:miss|notice|care|mourn|cry)(?! you)(?: \w{1,10}){0,4} (?:me|gone|died|de"
        r"ad|die|disappeared|disappear|myself|am gone|vanished)\b(?! (?:calls?|order|as a customer|e ?mai"
        r"l))",
    ),
    ("wake up", r"\b(?:never|not) (?:have to )?wake up(?: again| any ?more| tomorrow| ever)\b"),
    ("wake", r"\bsleep and (?:never|not) wake\b"),
    (
        "burden",
        r"\b(?:im|i am|i feel like|being|such|just|only) (?:such |just |only |nothing but )?a burden (?:t"
        r"o|on|for) (?:everyone|everybody|my|others|all|people|them|society|the world)\b",
    ),
    (
        "disappear|vanish",
        r"\b(?:want|wish|like|could|just) (?:to |i could |i would )?(?:just )?(?:disappear|vanish)(?: (?:"
        r"for ?ever|from (?:this|the) (?:world|earth|planet)|and never (?:come back|return)|completely|fr"
        r"om everyone))\b",
    ),
    (
        "living|alive|life|exist",
        r"\b(?:tired|sick|done|finished|fed up|weary|exhausted) (?:of|with|from) (?:living|being alive|li"
        r"fe|existing|my life|existence|this life)\b(?! (?:in|at|with|insurance|on|without))",
    ),
    ("up on", r"\bgiv(?:e|ing|en) up on (?:life|living|my life)\b"),
    ("way out", r"\bno way out (?:but|except|other than|any ?more|of this life|for me)\b"),
    (
        "pain",
        r"\b(?:the|my|this) pain (?:to|would|will) (?:stop|end|be over) (?:if|when|once|for ?ever|by|with"
        r" my death)",
    ),
    ("world", r"\b(?:goodbye|farewell)(?: cruel)? world\b"),
    (
        "be here|be around|be alive",
        r"\b(?:wont|will not|not going to|not gonna) be (?:here|around|alive) (?:tomorrow|any ?more|much "
        r"longer|next week|when you read)\b(?! (?:to (?:sign|receive|accept|collect)|for (?:the )?(?:deli"
        r"very|parcel|package)|at home))",
    ),
    (
        "dead|gone",
        r"\bby the time (?:you|anyone|somebody) reads? this i (?:will|ll|am|ll already) (?:already )?(?:b"
        r"e )?(?:dead|gone)\b",
    ),
    (
        "dead|heaven|with my",
        r"\b(?:ill|i will|i am|im) (?:soon |already )?be (?:dead|in heaven|with my (?:late|dead) \w{3,10}"
        r") (?:soon|tonight|tomorrow|by)\b",
    ),
    ("kms", r"\b(?:want|wanna|gonna|going to|gotta|boutta|will|to) kms\b"), ("kms", r"^kms(?= \.|$)"),
    ("kys", r"\bkys myself\b"),
    (
        "go out like",
        r"\bgo out like (?:sylvia plath|kurt cobain|hemingway|virginia woolf|robin williams)\b",
    ),
    (
        "rope|noose|gun|razor|blade",
        r"\b(?:have|got|bought|prepared|with) (?:a|the|my) (?:rope|noose|gun|razor|blade)s? (?:and|to|rea"
        r"dy|around|in my hand)(?: \w{1,12}){0,5} (?:myself|end|do it|wrists?|neck|goodbye|i know what to"
        r" do|what to do|die)\b",
    ),
    (
        "starv|make myself|ana|thinspo|stop eating",
        r"\b(?:starv(?:e|ing) (?:myself|my self)|make myself (?:throw up|vomit|puke|sick)|pro ?ana|thinsp"
        r"o|stop eating (?:completely|altogether|entirely|for ?ever))\b",
    ),
    ("noose", r"\b(?:tie|make) (?:a|the) noose\b"),
    ("train", r"\btrain (?:should|will|to) (?:hit|run over) me\b"),
    (
        "deserve",
        r"\bdont deserve to (?:live|be alive|exist)\b(?<!they dont deserve to live)(?<!people dont deserv"
        r"e to live)",
    ),
)  # fmt: skip
