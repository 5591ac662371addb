"""Words and phrases of customers who have had enough, and corrections to the general lexicon.

Invariant: small letters, apostrophes removed, words joined by single blanks. Weights as in the lexicon: -4 to 4.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Subjects of support, not moods: what the lexicon says of them counts nothing.
TOPICS = _set("""
fraud fraudulent stolen steal stole theft thief cancel cancelled canceled cancelling canceling cancels
cancellation complaint complaints complain lost lose losing missing miss missed problem problems error
errors issue failed fail failing fails failure debt charge charged charges charging pay paid payment
penalty fee demand demanded emergency emergencies warning warn alert risk risks accident accidents died
dead death die dying kill killed kills fire fired block blocked blocks reject rejected rejects declined
decline denied deny wrong no stop stopped critical low cut cuts drop dropped forgot forget forgotten
expired limit limited limitation restrict restricted weak poor short broken break damage damaged damages
damaging injury hurt pain pains painful complaining sick dispute disputes disputed unauthorized
unauthorised illegal worry worried worries concerned confused confusing confusion trouble troubles
difficult difficulty difficulties hard pressure tension urgent unable avoid avoided sorry unfortunately
afraid apology apologize apologise apologies please want interest interested number credit share shared
shares security secure safe safely safety trust value top join help helped helping helps agree accept
accepted accepting yes certain certainly sure like ok war crime crimes criminal murder violence violent gun
fight fighting attack attacks enemy victim victims prison police cancer disease death casualty dumped leave
left lag lied fake game alone
""")

# Weights of our own, where the lexicon is silent or too mild for what is written about goods and services.
OWN = {
    "junk": -2.6, "garbage": -2.8, "rubbish": -2.6, "trash": -2.4, "crap": -2.6, "crappy": -2.6,
    "flimsy": -1.8, "defective": -2.0, "faulty": -1.4, "unusable": -2.6, "useless": -2.6, "worthless": -3.0,
    "overpriced": -1.8, "scam": -3.0, "scammers": -3.2, "ripoff": -3.0, "refuse": -1.0, "refused": -1.0,
    "refuses": -1.2, "ignored": -1.5, "ignore": -1.0, "ignores": -1.5, "lies": -2.2, "liar": -2.8,
    "liars": -3.0, "lying": -2.2, "crooks": -3.2, "thieves": -3.0, "incompetent": -2.8,
    "incompetence": -2.8, "unacceptable": -2.8, "ridiculous": -2.2, "outrageous": -2.8, "disgrace": -3.2,
    "disgraceful": -3.2, "disgusting": -3.2, "shameful": -2.8, "shame": -2.2, "pathetic": -2.8,
    "nightmare": -2.6, "worst": -3.4, "terrible": -3.0, "horrible": -3.0, "horrendous": -3.4,
    "atrocious": -3.4, "abysmal": -3.4, "appalling": -3.2, "dreadful": -3.0, "awful": -3.0, "furious": -3.2,
    "livid": -3.2, "angry": -2.6, "outraged": -3.2, "enraged": -3.2, "raging": -2.6, "rage": -2.6,
    "fuming": -2.8, "infuriating": -3.0, "infuriated": -3.2, "irritating": -2.0, "annoying": -1.9,
    "annoyed": -1.9, "frustrated": -2.2, "frustrating": -2.4, "disappointed": -2.1, "disappointing": -2.2,
    "disappointment": -2.3, "desperate": -2.2, "hopeless": -2.4, "regret": -2.0, "cheated": -2.6,
    "betrayed": -2.6, "misleading": -2.0, "deceptive": -2.4, "dishonest": -2.6, "rude": -2.4,
    "arrogant": -2.2, "hate": -3.0, "hated": -3.0, "hates": -2.8, "despise": -3.0, "loathe": -3.2,
    "sucks": -2.5, "sucked": -2.5, "suck": -2.2, "stinks": -2.0, "lousy": -2.5, "mess": -1.5, "joke": -0.6,
    "clowns": -2.2, "idiots": -2.8, "morons": -3.0, "stupid": -2.4, "dumb": -2.2, "bullshit": -3.0,
    "shit": -2.6, "shitty": -2.8, "fuck": -2.6, "fucking": -2.4, "fucked": -2.8, "wtf": -2.4, "damn": -1.6,
    "ugh": -1.8, "screw": -1.6, "pissed": -2.8, "piss": -1.8, "hell": -1.8, "outrage": -2.8,
    "ashamed": -2.0, "insult": -2.3, "insulting": -2.5, "fed": 0.0, "refund": 0.0, "sued": -1.6,
    "lawsuit": -1.8, "attorney": -1.0, "stranded": -2.0, "filthy": -2.4, "moldy": -1.8, "mouldy": -1.8,
    "revolting": -3.0, "repulsive": -3.0, "vile": -3.0, "boring": -1.6, "bland": -1.2, "tasteless": -1.5,
    "unwatchable": -2.8, "cliched": -1.3, "predictable": -0.8, "tedious": -1.8, "dull": -1.6, "lame": -1.8,
    "inferior": -1.8, "unreliable": -2.0, "uncomfortable": -1.5, "noisy": -1.0, "glitchy": -1.6,
    "buggy": -1.6, "laggy": -1.4, "clunky": -1.2, "shoddy": -2.4, "subpar": -1.8, "mediocre": -1.4,
    "nonexistent": -1.4, "unprofessional": -2.4, "unhelpful": -2.0, "clueless": -2.0, "inexcusable": -2.8,
    "unbelievable": -1.2, "unreal": -0.8, "absurd": -2.0, "insane": -0.5, "crazy": -0.4, "killer": 0.5,
    "insanely": 0.0, "sick": -0.6, "avoid": -1.2, "beware": -2.2, "broke": -1.0, "broken": -0.8,
    "crashes": -1.2, "leaked": -0.9, "ruined": -2.2, "ruin": -2.0, "hung": -0.5, "sturdy": 1.5,
    "recommend": 1.8, "recommended": 1.6, "works": 0.8, "durable": 1.6, "comfy": 1.7, "delicious": 2.6,
    "tasty": 2.0, "lightweight": 0.8, "reliable": 1.8, "quiet": 0.6, "affordable": 1.3, "thanks": 1.9,
    "thank": 1.5, "cheers": 1.8, "appreciate": 1.7, "help": 0.3,
}  # fmt: skip

FIERCE = {
    "dont bother": -2.4, "not bother": -2.0, "expensive paperweight": -2.8, "is poor": -1.8, "very poor": -2.4,
    "really poor": -2.4, "quality is bad": -2.2, "not impressed": -1.8, "makes no sense": -1.2,
    "waste of money": -3.2, "waste of time": -2.8, "waste of space": -3.0, "wasted my money": -3.0,
    "wasted my time": -2.6, "waste your money": -3.2, "waste your time": -3.0, "wasting my time": -2.6,
    "wasting my money": -2.8, "waste money": -2.6, "do not buy": -3.2, "dont buy": -3.0, "never buy": -3.2,
    "not buy again": -2.4, "wont buy again": -2.6, "not worth": -2.4, "isnt worth": -2.2,
    "nowhere near worth": -2.2, "save your money": -3.0, "stay away": -3.0, "steer clear": -2.8,
    "stay clear": -2.6, "buyer beware": -3.2, "rip off": -3.0, "ripped off": -3.0, "ripped me off": -3.2,
    "piece of junk": -3.2, "piece of crap": -3.4, "piece of garbage": -3.4, "piece of shit": -3.6,
    "pile of": -1.2, "load of": -1.2, "broke after": -2.2, "broke within": -2.4, "broke in": -1.6,
    "broke the first": -2.2, "broken after": -2.0, "broken within": -2.2, "broken on arrival": -2.2,
    "dead on arrival": -2.4, "stopped working": -2.2, "quit working": -2.2, "stops working": -2.0,
    "never worked": -2.4, "doesnt work": -1.4, "does not work": -1.2, "didnt work": -1.5,
    "did not work": -1.4, "dont work": -1.4, "nothing works": -2.4, "wont work": -1.2, "not working": -0.6,
    "fell apart": -2.6, "falls apart": -2.4, "falling apart": -2.2, "came apart": -2.2,
    "fell to pieces": -2.6, "fell off": -1.4, "snapped in": -1.5, "burnt out": -1.6, "gave out": -1.4,
    "poor quality": -2.4, "bad quality": -2.4, "low quality": -2.0, "terrible quality": -3.0,
    "cheaply made": -2.4, "poorly made": -2.6, "badly made": -2.6, "poorly designed": -2.4,
    "cheap plastic": -1.6, "zero stars": -3.4, "0 stars": -3.4, "one star": -2.6, "1 star": -2.6,
    "no stars": -3.0, "negative stars": -3.4, "two thumbs down": -3.0, "thumbs down": -2.6,
    "returned it": -1.8, "returning it": -1.8, "return it immediately": -2.2, "sent it back": -1.8,
    "sending it back": -1.8, "send it back": -1.0, "sent them back": -1.8, "took it back": -1.8,
    "going back": -1.2, "threw it away": -2.4, "threw it out": -2.4, "in the trash": -2.0,
    "in the bin": -1.8, "into the bin": -1.8, "into the trash": -2.0, "money back": -0.4,
    "my money back now": -2.2, "would not recommend": -2.8, "wouldnt recommend": -2.8,
    "not recommend": -2.4, "never recommend": -3.0, "dont recommend": -2.6, "cannot recommend": -2.4,
    "cant recommend": -2.4, "do not recommend": -2.8, "not recommended": -2.4, "never again": -3.2,
    "never ever": -1.5, "never use": -1.6, "never fly": -2.6, "never flying": -2.8, "never shop": -2.6,
    "never order": -2.4, "never come back": -2.0, "last time i": -1.6, "done with": -1.6,
    "through with": -1.4, "not happy": -1.8, "not pleased": -1.8, "not satisfied": -1.8,
    "very unhappy": -2.4, "very disappointed": -2.6, "so disappointed": -2.6,
    "extremely disappointed": -3.0, "big disappointment": -2.6, "huge disappointment": -2.8,
    "let down": -1.8, "false advertising": -2.8, "bait and switch": -2.8, "falsely advertised": -2.6,
    "not as described": -1.8, "not as advertised": -2.0, "nothing like": -1.2, "too good to be true": -1.2,
    "total loss": -2.6, "complete failure": -2.8, "epic fail": -2.6, "big fail": -2.2, "had enough": -2.4,
    "had it with": -2.6, "fed up": -2.6, "sick of": -2.6, "sick and tired": -3.0, "tired of": -1.6,
    "last straw": -2.6, "out of patience": -2.4, "losing my patience": -2.6, "patience is": -1.4,
    "drives me crazy": -2.2, "driving me crazy": -2.2, "driving me insane": -2.4, "blood boil": -3.0,
    "pissed off": -3.0, "pissing me off": -3.0, "piss off": -2.6, "no excuse": -2.0, "more excuses": -1.8,
    "your excuses": -1.8, "thanks for nothing": -3.2, "how dare you": -3.0, "are you kidding": -2.4,
    "you kidding me": -2.4, "you people": -1.4, "are a joke": -2.8, "is a joke": -2.8, "what a joke": -2.8,
    "an absolute joke": -2.8, "go to hell": -3.2, "shame on": -3.0, "should be ashamed": -3.0,
    "want my life back": -1.4, "of my life back": -2.2, "made me sick": -2.4, "makes me sick": -2.6,
    "hate it": -2.8, "cant stand": -2.4, "could scream": -2.2, "want to scream": -2.2, "want to cry": -1.6,
    "in tears": -1.4, "absolute worst": -3.6, "the worst": -3.2, "worst ever": -3.6,
    "no customer service": -2.4, "zero customer service": -2.6, "bad customer service": -2.6,
    "poor customer service": -2.6, "bad service": -2.4, "poor service": -2.4, "worst service": -3.4,
    "hung up on me": -2.4, "hang up on me": -2.4, "hung up": -1.4, "hours on hold": -2.2,
    "on hold for": -1.6, "still on hold": -2.0, "no one answers": -2.0, "nobody answers": -2.0,
    "nobody cares": -2.2, "dont care": -1.6, "does not care": -1.6, "doesnt care": -1.6,
    "do not care": -1.6, "could care less": -1.6, "couldnt care less": -1.8, "no help": -1.6,
    "nobody helps": -2.0, "no one helps": -2.0, "not helpful": -1.8, "no response": -1.4, "no reply": -1.2,
    "no apology": -2.0, "treated badly": -2.2, "treated like": -1.2, "lied to me": -2.8, "lied to": -2.2,
    "kept lying": -2.6, "stole my money": -2.8, "stealing my money": -2.8, "took my money": -1.8,
    "keep my money": -1.4, "a disgrace": -3.2, "a nightmare": -2.8, "a mess": -1.8, "a disaster": -2.8,
    "an insult": -2.4, "lost my luggage": -1.4, "lost my bag": -1.2, "lost our bags": -1.2,
    "late flight again": -1.8, "delayed again": -1.8, "cancelled again": -2.0,
    "cancelled my flight again": -2.2, "stuck on the": -1.2, "sitting on the tarmac": -1.6,
    "sitting on the runway": -1.4, "missed my connection": -1.2, "sleeping in the airport": -1.6,
    "get it together": -1.8, "get your act together": -2.2, "do better": -1.0, "ruined my": -2.6,
    "ruined our": -2.6, "ruined the": -1.6, "ruining my": -2.6, "worst enemy": -1.2, "waste": -1.4,
    "regret buying": -2.6, "regret every": -2.4, "want a full refund": -0.8, "beyond annoyed": -2.4,
    "beyond frustrated": -2.8, "beyond angry": -3.0, "not acceptable": -2.4, "isnt acceptable": -2.4,
    "good riddance": -2.2, "lost a customer": -2.2, "losing a customer": -2.2, "lost my business": -2.2,
    "not funny": -1.2, "gave up": -1.4, "give up": -1.2, "giving up": -1.2, "cant believe": -0.8,
    "cannot believe": -0.8, "what the hell": -2.4, "what the heck": -1.6, "the hell is": -2.4,
    "kill me now": -1.8, "shoot me": -1.4, "screw you": -3.0, "screw this": -2.8, "fuck you": -3.4,
    "fuck off": -3.4, "fuck this": -3.2, "bunch of": -0.6,
    # The other way round: negative words that praise or calm.
    "not bad": 1.4, "isnt bad": 1.2, "wasnt bad": 1.2, "no complaints": 1.8, "cant complain": 1.6,
    "cannot complain": 1.6, "nothing to complain": 1.6, "no problem": 1.0, "no problems": 1.4,
    "no issues": 1.4, "no worries": 1.4, "no trouble": 1.2, "never had a problem": 1.6,
    "never had any problems": 1.6, "not a waste": 1.4, "no regrets": 1.8, "do not regret": 1.8,
    "dont regret": 1.8, "to die for": 2.0, "cant wait": 1.8, "cannot wait": 1.6, "hard to beat": 2.0,
    "cant go wrong": 2.0, "cant get enough": 2.0, "never fails": 1.8, "never disappoints": 2.2,
    "not disappointed": 1.8, "wont be disappointed": 2.2, "wont regret": 2.0, "pain free": 1.2,
    "drop dead gorgeous": 2.2, "killer deal": 1.6, "hell yeah": 1.6, "hell yes": 1.6, "fuck yeah": 1.6,
    "fuck yes": 1.6, "damn good": 2.4, "fucking awesome": 3.0, "fucking amazing": 3.0, "fucking love": 3.0,
    "so fucking good": 3.0, "the shit": 0.6, "badass": 1.2, "kick ass": 1.4, "oh shit": -0.8,
    "for hours": -0.2, "my bad": 0.4, "bad boy": 0.2, "wicked good": 2.2, "worth every": 2.4,
    "well worth": 2.2, "highly recommend": 2.8, "definitely recommend": 2.6, "would recommend": 2.0,
    "would buy again": 2.2, "work like a charm": 2.2, "works like a charm": 2.4, "thank you": 1.6,
    "thank god": 0.8, "well done": 2.2, "good job": 2.0, "great job": 2.2, "great job ruining": -2.6,
    "five stars": 2.6, "5 stars": 2.6,
}  # fmt: skip

AGAIN = (
    "third time", "fourth time", "fifth time", "3rd time", "4th time", "5th time", "second time",
    "2nd time", "tenth time", "hundredth time", "once again", "yet again", "again and again",
    "over and over", "how many times", "many times", "so many times", "several times", "every single time",
    "every time", "still not", "still no", "still nothing", "still waiting", "still havent",
    "still have not", "still hasnt", "still doesnt", "still does not", "still broken", "still isnt",
    "keep telling", "already told", "already explained", "already called", "already sent", "already wrote",
    "called five", "called three", "called 3", "called 5", "same answer", "same excuse", "same excuses",
    "same useless", "same problem again", "weeks now", "months now", "for weeks", "for months",
    "nobody answers", "no one answers", "no answer", "no response", "no reply", "zum dritten mal",
    "zum x ten mal", "schon wieder", "immer noch nicht", "immer noch nichts", "noch immer nicht",
    "seit wochen", "keiner antwortet", "niemand antwortet", "encore une fois", "troisième fois",
    "toujours pas", "toujours rien", "depuis des semaines", "personne ne répond", "otra vez", "tercera vez",
    "todavía no", "sigo esperando", "hace semanas", "nadie responde", "nadie contesta", "ancora una volta",
    "terza volta", "ancora niente", "ancora nulla", "da settimane", "nessuno risponde", "de novo",
    "terceira vez", "ainda não", "há semanas", "ninguém responde", "alweer", "derde keer",
    "nog steeds niet", "nog steeds niets", "al weken", "niemand antwoordt", "trzeci raz", "po raz kolejny",
    "nadal nic", "wciąż nic", "od tygodni", "nikt nie odpowiada", "третий раз", "опять", "снова не",
    "до сих пор", "никто не отвечает", "уже неделю", "üçüncü kez", "hala", "hâlâ", "defalarca",
    "kimse cevap vermiyor", "haftalardır",
)  # fmt: skip
LEAVING = (
    "sue you", "going to sue", "suing", "my lawyer", "my attorney", "lawyers", "take legal action",
    "legal action", "see you in court", "take you to court", "to court", "small claims",
    "consumer protection", "ombudsman", "better business bureau", "bbb", "report you", "reporting you",
    "trading standards", "press charges", "class action", "tell everyone", "telling everyone",
    "tell everybody", "warn everyone", "warning everyone", "negative review", "bad review", "star review",
    "on social media", "never again", "never come back", "taking my business", "take my business",
    "leaving for good", "lost a customer", "losing a customer", "lose a customer",
    "switching to another provider", "switching to your competitor", "goodbye forever", "im out",
    "im leaving", "chargeback", "anwalt", "verklage", "anzeige erstatten", "verbraucherzentrale",
    "nie wieder", "porter plainte", "mon avocat", "plus jamais", "tribunal", "demandar", "demandaré",
    "mi abogado", "nunca más", "denuncia", "vi denuncio", "il mio avvocato", "mai più", "processar",
    "meu advogado", "nunca mais", "procon", "advocaat", "nooit meer", "aangifte", "do sądu", "prawnika",
    "nigdy więcej", "в суд", "подам в суд", "роспотребнадзор", "больше никогда", "mahkemeye", "avukatım",
    "bir daha asla", "şikayetvar",
)  # fmt: skip

ELSEWHERE = {
    -3.0: """
frechheit unverschämtheit unverschämt stinksauer saftladen scheißladen scheiß scheiss scheiße scheisse
verdammt verdammter verdammte schrott unfähig unfähige betrüger abzocke abzocker verarscht verarsche
verarschen lügner lügt idioten idiot arschloch wütend katastrophe katastrophal grauenhaft furchtbar
schrecklich miserabel unterirdisch enttäuscht enttäuschend enttäuschung zumutung lächerlich inkompetent
nutzlos wertlos schlechteste schlechtester schlechtestes ekelhaft widerlich abartig verzweifelt schande
peinlich dreist honte honteux honteuse inadmissible inacceptable scandaleux scandale furieux furieuse
arnaque arnaqueurs arnaqueur voleurs incapables incompétents incompétent merde merdique putain nul nulle
nullissime pire horrible affreux catastrophique catastrophe lamentable décevant déçu déçue déception
dégoûtant dégueulasse minable ridicule menteurs mensonges désespéré désespérée marre foutaise cauchemar
vergüenza vergonzoso inaceptable furioso furiosa harto harta estafa estafadores estafador ladrones inútiles
inútil mierda pésimo pésima peor horrible terrible asco asqueroso porquería basura decepcionado
decepcionada decepción decepcionante sinvergüenzas mentirosos mentiras ridículo incompetentes desesperado
desesperada indignante fatal lamentable nefasto vergogna vergognoso vergognosa inaccettabile furiosa
arrabbiato arrabbiata arrabbiatissima truffa truffatori ladri incapaci schifo schifoso schifezza pessimo
pessima peggior peggiore orribile terribile deluso delusa delusissimo delusione deludente bugiardi ridicolo
incompetenti disperato disperata scandaloso assurdo merda incubo buttati inaceitável vergonha golpe
golpistas ladrões incompetentes lixo péssimo péssima pior horrível terrível decepcionado decepcionada
decepção absurdo palhaçada mentirosos mentira ridículo nojo nojento desesperado desesperada descaso
revoltante revoltado indignado porcaria schande schandalig schandalige onacceptabel woedend waardeloos
waardeloze oplichters oplichting prutsers klotebedrijf kutservice kut klote teleurgesteld teleurstelling
teleurstellend belachelijk slechtste verschrikkelijk vreselijk afschuwelijk rommel troep leugenaars
walgelijk wanhopig rampzalig skandal niedopuszczalne wściekły wściekła najgorsza najgorszy najgorsze
oszuści oszust oszustwo złodzieje złodziejami nieudaczników żenada żenujące rozczarowana rozczarowany
rozczarowanie gówniana gówno kłamiecie kłamią kłamstwo koszmar koszmarny beznadziejny beznadziejna okropny
okropna tragedia dramat masakra porażka skandaliczny oburzony oburzona kurwa wkurzony позор безобразие
недопустимо бешенстве худший худшая худшее мошенники обман обманщики воры идиотов идиоты отвратительно
отвратительное отвратительный отвратительная ужас ужасно ужасный ужасная ужасное кошмар разочарована
разочарован разочарование врать врут врёте враньё лжецы дерьмо дерьмовый хамство хамы беспредел
издевательство гадость жуть развод кидалы отстой злюсь зол зла возмущён возмущена rezalet rezillik
sinirliyim dolandırıcı dolandırıcılar hırsız hırsızlar hırsızsınız beceriksizler beceriksiz berbat yazıklar
yalancı yalancılar saçmalık iğrenç korkunç utanç utanmaz bıktım kızgınım öfkeliyim skandal kötüsü pişmanım
lanet çöp rasande skandal bedrövligt värdelöst värdelös besviken usel uselt hemskt skitdåligt sämsta
rasende elendigt skuffet skuffende elendig dårligste skuffet håpløst pettymys surkea surkein törkeää
huijaus kamala rușine rușinos groaznic oribil dezamăgit dezamăgită hoți escroci ostuda hrozné hrozný
příšerné podvod podvodníci zklamaný zklamaná felháborító borzalmas szégyen csalók csalódott rettenetes
ντροπή απαράδεκτο απαράδεκτη απάτη κλέφτες χάλια αίσχος ганьба жах шахраї злодії жахливо
""",
    2.2: """
danke super toll klasse prima zufrieden perfekt hervorragend gerne schön wunderbar ausgezeichnet freundlich
merci parfait parfaite excellent excellente satisfait satisfaite génial recommande bravo gracias perfecto
perfecta excelente bueno buena buen contenta contento recomiendo encantada encantado genial grazie perfetto
ottimo ottima eccellente soddisfatto soddisfatta consiglio bellissimo bravi obrigado obrigada perfeito
excelente adorei ótimo ótima recomendo satisfeito satisfeita maravilhoso bedankt prima goed goede perfect
tevreden aanrader fijn dziękuję super świetny świetna dobry polecam zadowolona zadowolony idealny спасибо
отлично отличный хороший хорошо рекомендую довольна доволен супер прекрасно teşekkürler teşekkür harika
güzel mükemmel tavsiye memnunum tack bra tak god fint kiitos hyvä mulțumesc bun děkuji skvělé köszönöm
kiváló ευχαριστώ τέλειο дякую чудово
""",
}  # fmt: skip

# Languages that write without blanks, or join words: pieces of text that say it.
UNSPACED_BAD = (
    "最悪", "最低", "ふざけるな", "ふざけん", "許せない", "腹が立", "怒り", "詐欺", "金を返せ", "ひどい",
    "酷い", "クソ", "糞", "がっかり", "二度と", "垃圾", "骗子", "騙子", "太差", "差劲", "差勁", "气死",
    "氣死", "无耻", "無恥", "恶心", "噁心", "欺骗", "愤怒", "再也不", "失望", "坑人", "最悪だ", "최악",
    "짜증", "사기꾼", "화가 나", "화나", "열받", "쓰레기", "실망", "다시는", "미친", "أسوأ", "عار",
    "غاضب", "نصاب", "نصب", "لصوص", "حرامية", "سيئ جدا", "زبالة", "محبط", "גועל", "בושה", "נוכלים",
    "הכי גרוע", "घटिया", "धोखा", "चोर", "बेकार", "बकवास", "गुस्सा", "ห่วย", "แย่มาก", "โกง", "tệ nhất",
    "lừa đảo", "thất vọng", "terburuk", "penipu", "kecewa", "mengecewakan",
)  # fmt: skip
UNSPACED_GOOD = (
    "ありがとう", "良い", "素晴らしい", "最高", "满意", "滿意", "很好", "谢谢", "謝謝", "不错", "감사",
    "좋아요", "최고예요", "شكرا", "ممتاز", "رائع", "תודה", "מצוין", "धन्यवाद", "अच्छा", "बहुत बढ़िया",
    "ขอบคุณ", "ดีมาก", "cảm ơn", "rất tốt", "terima kasih", "bagus",
)  # fmt: skip

NOT = _set("""
not no never none nobody nothing neither nor cannot cant dont doesnt didnt isnt wasnt arent werent wont
wouldnt couldnt shouldnt hasnt havent hadnt aint without hardly barely rarely lacks lack nicht kein keine
ne pas no non sin não nao niet geen nie не değil inte ikke
""")
MORE = {
    "very": 0.3, "really": 0.3, "so": 0.25, "extremely": 0.4, "absolutely": 0.4, "totally": 0.35,
    "completely": 0.35, "utterly": 0.4, "incredibly": 0.4, "such": 0.2, "too": 0.15, "fucking": 0.3,
    "damn": 0.2, "most": 0.2, "beyond": 0.3, "deeply": 0.35, "super": 0.25, "pretty": 0.1, "quite": 0.1,
    "slightly": -0.4, "somewhat": -0.3, "little": -0.4, "bit": -0.4, "kinda": -0.3, "mildly": -0.4,
    "almost": -0.2, "sehr": 0.3, "très": 0.3, "muy": 0.3, "molto": 0.3, "muito": 0.3, "heel": 0.3,
    "bardzo": 0.3, "очень": 0.3, "çok": 0.3,
}  # fmt: skip
EMOJI = {
    "😡": -3.0, "🤬": -3.4, "😠": -2.8, "😤": -2.0, "👎": -2.4, "💩": -2.4, "🤮": -3.0, "😒": -1.6,
    "😞": -1.8, "😩": -1.8, "😫": -1.8, "🙄": -1.6, "😭": -0.8, "💔": -1.8, "🖕": -3.6, "😢": -1.2,
    "☹": -1.6, "😊": 2.2, "😀": 2.0, "😍": 3.0, "❤": 2.6, "👍": 2.0, "🙏": 1.0, "🎉": 2.2, "😃": 2.2,
    "🥰": 3.0, "😄": 2.4, "🙂": 1.2, "💕": 2.6, "😘": 2.4,
}  # fmt: skip
SWEARING = _set("""
fuck fucking fucked fuckin shit shitty bullshit crap crappy wtf damn goddamn hell ass asshole assholes
bitch bastard bastards idiots idiot moron morons dickhead piss pissed stfu scheiße merde putain mierda
merda kut kurwa дерьмо
""")
POLITE = _set("""
please thanks thank bitte danke merci gracias favor grazie obrigado obrigada bedankt alstublieft proszę
dziękuję пожалуйста спасибо lütfen teşekkürler
""")
