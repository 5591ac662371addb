"""Sentences of our own for the mood classifier: customers who have had enough, and others who have not."""

from __future__ import annotations

from random import Random

THINGS = (
    "phone", "laptop", "app", "charger", "vacuum cleaner", "kettle", "toaster", "camera", "watch",
    "backpack", "jacket", "pair of shoes", "dress", "book", "game", "film", "mattress", "chair", "table",
    "lamp", "printer", "router", "headset", "speaker", "tv", "remote", "drill", "toy", "stroller", "bike",
    "tent", "coffee machine", "blender", "knife set", "pan", "shampoo", "face cream", "dog food",
    "software", "subscription", "flight", "hotel room", "meal", "delivery", "keyboard", "mouse", "tablet",
    "battery", "cable", "case",
)  # fmt: skip
PLACES = (
    "company", "airline", "shop", "bank", "seller", "website", "brand", "store", "support team", "hotel",
    "restaurant", "provider",
)  # fmt: skip
FURIOUS = (
    "worst {t} i have ever bought", "this {t} is absolute garbage", "the {t} is a piece of junk",
    "complete waste of money, this {t}", "do not buy this {t}", "don't waste your money on this {t}",
    "save your money and buy another {t}", "the {t} broke after two days",
    "the {t} stopped working after a week", "the {t} fell apart on the first day",
    "the {t} was dead on arrival", "the {t} never worked, not even once",
    "i returned the {t} the same day, it is that bad", "i sent the {t} back, horrible quality",
    "i would not recommend this {t} to anyone", "i would never recommend this {t}",
    "very poor quality, the {t} feels cheap and breaks easily", "cheaply made {t}, totally useless",
    "i hate this {t}", "i regret buying this {t}", "this {t} is a joke", "what a terrible {t}",
    "awful {t}, stay away", "avoid this {t} at all costs", "buyer beware, the {t} is a scam",
    "total rip off, the {t} is worth nothing", "one star is too much for this {t}",
    "zero stars for this {t}", "very disappointed in this {t}, it is unusable",
    "extremely disappointed with the {t}", "the {t} ruined my weekend",
    "the {t} is defective and nobody helps", "the {t} arrived broken and nobody cares",
    "disgusting {t}, made me sick", "this {t} is the most frustrating thing i own",
    "so frustrated with this stupid {t}", "this damn {t} keeps crashing and i have had enough",
    "the {t} is complete crap", "worthless {t}, it went straight into the trash",
    "the {t} is dangerous, it nearly caught fire, unbelievable",
    "what a disappointment, the {t} does not do anything it promises",
    "misleading description, the {t} is nothing like the picture, i feel cheated",
    "the {t} is so badly made that i threw it away", "unacceptable, my {t} is broken for the third time",
    "your {t} is the worst ever", "boring, stupid and far too long, i hated this {t}",
    "terrible {t}, terrible service, never again", "it's a shame that you sell such a {t}",
    "ridiculous, the {t} costs a fortune and does nothing", "the {t} is a nightmare", "worst {p} ever",
    "this {p} is a disgrace", "never again with this {p}", "i will never use this {p} again",
    "stay away from this {p}", "this {p} does not care about its customers", "the {p} lied to me",
    "this {p} is full of liars and thieves", "this {p} stole my money",
    "the {p} refuses to give me my money back", "the people of this {p} are rude and incompetent",
    "shame on this {p}", "horrible {p}, horrible people", "the {p} ignores me completely",
    "i am done with this {p}", "i am switching to another {p}, goodbye forever",
    "this {p} is an absolute joke", "i hate this {p} with a passion", "what a pathetic {p}",
    "this {p} should be ashamed", "i have never been treated so badly by a {p}",
    "i'm going to sue this {p}", "i will report this {p} to the authorities",
    "i'll tell everybody how awful this {p} is", "the {p} kept me on hold for two hours and then hung up",
    "unbelievably bad {p}", "fuck this {p}", "this {p} sucks", "screw this {p}",
    "this is the third time i write to you and still nothing", "i've called five times and nobody helps me",
    "how many times do i have to explain this?", "you keep sending me the same useless answer",
    "still not fixed, still no answer, i am losing my patience",
    "i have been waiting for six weeks and nobody answers", "nobody answers, nobody cares",
    "again the same lies from your side", "i've had enough of your excuses", "i am fed up with this",
    "i'm sick and tired of this", "this is unacceptable", "this is outrageous", "this is ridiculous",
    "this is a disgrace", "i am furious", "i'm so angry i could scream", "i am livid",
    "i'm really pissed off", "you ruined my holiday", "you ruined my daughter's birthday",
    "i am desperate, nobody helps me and all my money is gone",
    "i'm crying, everything is lost because of you", "i want my money back right now, you thieves",
    "give me my money back, you crooks", "are you kidding me?", "are you completely useless?",
    "you are all incompetent", "your agents are idiots", "your driver is a rude idiot",
    "your bot is stupid, it understands nothing", "stop lying to me", "stop wasting my time",
    "how dare you charge me again", "what a bunch of clowns",
    "i'm cancelling everything and leaving for good", "i am going to my lawyer",
    "you will hear from my lawyer", "see you in court", "i will leave a one star review everywhere",
    "i'm telling everyone to stay away from you", "worst service of my life", "worst customer service ever",
    "terrible customer service", "horrible experience", "what a nightmare", "i hate you",
    "i hate this so much", "go to hell", "fuck you", "fuck this shit",
    "what the fuck is wrong with you people", "this is bullshit", "what a load of crap",
    "wtf is going on, fix this now", "answer me!!!", "WHERE IS MY MONEY???", "WHY IS NOBODY ANSWERING",
    "THIS IS THE WORST COMPANY EVER", "I WANT A REFUND NOW!!!",
    "stuck on the plane for three hours, no water, no information, thanks for nothing",
    "flight cancelled again, no hotel, no voucher, no help, never again",
    "you lost my bag and you don't even say sorry",
    "two hours on hold and then you hang up on me, pathetic",
    "delayed again, missed my connection again, worst airline", "rude staff, dirty seats, three hours late",
    "thanks for nothing", "great job ruining my day", "yet another broken promise",
    "you promised it four times and lied four times", "i feel cheated and betrayed",
    "i am so disappointed in you", "i'm deeply disappointed", "this makes my blood boil",
    "rage, nothing but rage", "i am outraged", "this is infuriating", "it drives me crazy, nothing works",
    "nothing works and nobody helps", "everything about this is awful", "i can't stand it any longer",
    "such an insult", "disgusting behaviour", "absolutely disgusting", "i'm heartbroken and angry",
    "it is a total failure", "it's a scandal",
)  # fmt: skip
CONTENT = (
    "great {t}", "i love this {t}", "best {t} i ever had", "the {t} works as described",
    "the {t} works fine", "the {t} is okay for the price", "the {t} is not bad", "nice {t}, a bit small",
    "the {t} is good but a little loud", "i would recommend this {t}", "i'd buy this {t} again",
    "my wife loves her {t}", "the {t} arrived yesterday", "the {t} has two buttons",
    "does the {t} have a warranty?", "how do i clean the {t}?", "the {t} does not turn on, what can i do?",
    "my {t} is broken, how do i send it in?", "the {t} arrived with a scratch, can i exchange it?",
    "i want to return the {t}", "i want a refund for the {t}", "i would like to cancel my {t} order",
    "the {t} is late, do you know when it comes?", "is the {t} still in stock?",
    "the {t} is smaller than i thought, but fine", "no problems with the {t} so far",
    "never had a problem with this {t}", "nothing to complain about, solid {t}",
    "the {t} is not perfect, but good enough", "could be better, but the {t} does its job",
    "the old {t} broke after ten years, so i bought this one and i like it",
    "i was sceptical, but the {t} is really good", "the {t} exceeded my expectations",
    "the {t} is a bit expensive", "the {t} could be cheaper", "the battery of the {t} could last longer",
    "the {t} has some weak points but i am satisfied", "the {t} is average",
    "somebody stole my {t}, what should i do?", "i lost my {t}, is it insured?", "the {t} shows an error",
    "the {t} makes a strange noise, is that normal?", "the {t} is insanely good", "killer {t}",
    "the {t} kills all germs, great", "hard to put together but then a wonderful {t}",
    "i can't imagine life without this {t}", "i bought the {t} for my father",
    "the {t} comes in three colours", "delivery of the {t} took four days", "friendly {p}",
    "i like this {p}", "this {p} helped me at once", "the {p} answered within an hour",
    "what are the opening hours of the {p}?", "where is the {p}?", "i have an account at this {p}",
    "the {p} is fine", "the {p} made a mistake but solved it quickly", "thank you, dear {p}",
    "is this {p} open on sunday?", "the {p} asked for my receipt", "i have a question for the {p}",
    "thanks, it works now", "thank you for your patience", "all good now", "no worries", "take your time",
    "sorry for the trouble", "sorry, my mistake", "unfortunately i have to cancel",
    "sadly i cannot come, can i get a refund?", "i am afraid there is a mistake in my invoice",
    "there seems to be a problem with my account", "i still have not received my parcel, can you check?",
    "it still does not work, what else can i try?", "i tried it twice but it fails, any idea?",
    "please help, i'm stuck at the payment page", "i am a bit confused by this fee",
    "i'm worried that my card was copied", "my card was stolen, please block it",
    "there is fraud on my account, please help", "i want to make a complaint about a delivery",
    "how do i complain?", "please cancel my order", "please close my account",
    "why was my payment declined?", "i was charged twice, please correct it", "why do i have to pay a fee?",
    "it is urgent, please answer today", "could i talk to a person please?",
    "i need to speak to a manager about my contract", "what happens if i cancel?", "is there a penalty?",
    "the flight was delayed, do i get something back?", "we had a bumpy flight but the crew was lovely",
    "on time and friendly, thanks", "you made my day", "you guys are awesome", "what a lovely surprise",
    "i'm so happy", "so excited for tomorrow", "good morning everyone", "watching the match tonight",
    "reading a sad book, it is beautiful", "it was a hard day but now i have pizza", "a bit tired today",
    "i miss my friends", "feeling a little sad today", "the weather is bad today", "i am hungry",
    "it's monday again", "i don't hate it", "i can't complain", "not bad at all",
    "it was not a waste of money at all", "i do not regret it", "it never fails", "no complaints",
    "nothing bad to say", "hello", "yes", "no", "ok", "no thank you", "what?", "nope, not yet",
    "bad connection, one second", "i lost my job and need to change my plan",
    "my father died and i need to close his account", "the news about the war is sad",
    "the police caught the thief", "there was an accident on the road", "the war ended in 1945",
    "cancer research needs money", "the enemy in this level is hard",
)  # fmt: skip
FURIOUS_ELSEWHERE = (
    # German
    "das ist eine frechheit", "so eine unverschämtheit", "nie wieder bei euch", "ich bin stinksauer",
    "ihr seid alle unfähig", "der schlechteste service aller zeiten", "absoluter schrott, finger weg",
    "schon wieder kaputt, mir reicht's", "zum dritten mal schreibe ich euch und keiner antwortet",
    "ich habe die schnauze voll", "das ist betrug, ihr diebe", "ich gehe zum anwalt", "verdammter mist",
    "so ein scheißladen", "eine katastrophe, ich bin völlig enttäuscht",
    "geldverschwendung, bloß nicht kaufen", "ich bin verzweifelt, niemand hilft mir",
    "ihr lügt mich nur an", "unverschämt und inkompetent", "das ist doch lächerlich",
    # French
    "c'est une honte", "c'est inadmissible", "plus jamais chez vous", "je suis furieux",
    "je suis hors de moi", "le pire service de ma vie", "une arnaque totale, à fuir",
    "encore cassé, j'en ai marre", "c'est la troisième fois que j'écris et personne ne répond",
    "vous êtes des voleurs", "bande d'incapables", "je vais porter plainte contre vous", "service de merde",
    "très déçue, produit nul", "j'en ai ras le bol", "n'achetez surtout pas", "c'est scandaleux",
    "vous vous moquez de moi", "je suis désespérée, personne ne m'aide", "de l'argent jeté par la fenêtre",
    # Spanish
    "es una vergüenza", "esto es inaceptable", "nunca más les compro", "estoy furioso",
    "estoy harta de ustedes", "el peor servicio de mi vida", "una estafa total, no compren",
    "otra vez roto, ya basta", "es la tercera vez que escribo y nadie responde", "son unos ladrones",
    "son unos inútiles", "los voy a demandar", "servicio de mierda", "muy decepcionado, producto pésimo",
    "me mintieron otra vez", "dinero tirado a la basura", "estoy desesperado, nadie me ayuda",
    "qué asco de empresa", "son unos sinvergüenzas", "una porquería",
    # Italian
    "è una vergogna", "è inaccettabile", "mai più con voi", "sono furioso", "sono arrabbiatissima",
    "il peggior servizio della mia vita", "una truffa, state alla larga", "ancora rotto, basta",
    "è la terza volta che scrivo e nessuno risponde", "siete dei ladri", "siete degli incapaci",
    "vi denuncio", "servizio di merda", "delusissimo, prodotto pessimo", "soldi buttati",
    "mi avete preso in giro", "sono disperata, nessuno mi aiuta", "che schifo",
    "sono stufo delle vostre scuse", "orribile esperienza",
    # Portuguese
    "é uma vergonha", "isto é inaceitável", "nunca mais compro com vocês", "estou furioso",
    "estou de saco cheio", "o pior atendimento da minha vida", "é um golpe, não comprem",
    "quebrou de novo, chega", "é a terceira vez que escrevo e ninguém responde", "vocês são ladrões",
    "bando de incompetentes", "vou processar vocês", "atendimento de merda",
    "muito decepcionada, produto péssimo", "dinheiro jogado fora", "vocês mentem para mim",
    "estou desesperado, ninguém me ajuda", "que lixo de empresa", "um absurdo", "palhaçada isso",
    # Dutch, Polish
    "dit is een schande", "dit is onacceptabel", "nooit meer bij jullie", "ik ben woedend",
    "de slechtste service ooit", "waardeloze troep, niet kopen", "alweer kapot, ik ben het zat",
    "voor de derde keer mail ik en niemand antwoordt", "jullie zijn oplichters", "stelletje prutsers",
    "wat een klotebedrijf", "zwaar teleurgesteld", "belachelijk gewoon", "weggegooid geld", "to skandal",
    "to jest niedopuszczalne", "nigdy więcej u was", "jestem wściekły", "najgorsza obsługa w życiu",
    "oszuści, nie kupujcie", "znowu zepsute, mam dość", "trzeci raz piszę i nikt nie odpowiada",
    "jesteście złodziejami", "banda nieudaczników", "żenada", "wyrzucone pieniądze",
    "jestem bardzo rozczarowana", "gówniana firma", "kłamiecie mi w oczy",
    # Russian, Turkish
    "это позор", "это недопустимо", "больше никогда у вас не куплю", "я в бешенстве",
    "худший сервис в моей жизни", "мошенники, не покупайте", "опять сломалось, хватит",
    "третий раз пишу и никто не отвечает", "вы воры", "сборище идиотов", "я подам на вас в суд",
    "отвратительное обслуживание", "деньги на ветер", "я очень разочарована", "ужас, кошмар, а не магазин",
    "сколько можно врать", "bu bir rezalet", "bu kabul edilemez", "bir daha asla sizden almam",
    "çok sinirliyim", "hayatımın en kötü hizmeti", "dolandırıcılar, sakın almayın",
    "yine bozuldu, yeter artık", "üçüncü kez yazıyorum kimse cevap vermiyor", "hırsızsınız",
    "beceriksizler", "sizi mahkemeye vereceğim", "berbat hizmet", "paramı çöpe attım",
    "hayal kırıklığı, yazıklar olsun", "yalancılar", "saçmalık bu",
    # others
    "det här är skandal, aldrig mer", "jag är rasande", "sämsta servicen någonsin", "det er en skandale",
    "jeg er rasende", "dårligste service nogensinde", "täysi pettymys, surkea palvelu", "e o rușine",
    "cel mai prost serviciu", "je to ostuda, nikdy více", "felháborító, soha többé", "είναι ντροπή",
    "απαράδεκτο", "هذا عار", "أسوأ خدمة على الإطلاق", "أنا غاضب جدا", "最悪のサービスだ", "ふざけるな",
    "金を返せ", "最低な会社", "太差了，垃圾公司", "骗子公司，再也不买了", "气死我了", "최악의 서비스",
    "진짜 화가 나네요", "환불해 사기꾼들아", "बहुत घटिया सेवा", "ये लोग चोर हैं", "dịch vụ tệ nhất",
    "pelayanan terburuk, kecewa sekali", "penipu semua",
)  # fmt: skip
CONTENT_ELSEWHERE = (
    "danke, das hat super geklappt", "sehr gutes produkt, gerne wieder", "ich bin zufrieden",
    "alles bestens, schnelle lieferung", "ganz ok für den preis", "nicht schlecht", "merci, c'est parfait",
    "très bon produit, je recommande", "je suis satisfaite", "livraison rapide", "pas mal pour le prix",
    "gracias, todo perfecto", "muy buen producto, lo recomiendo", "estoy contenta", "llegó rápido",
    "nada mal por el precio", "grazie, tutto perfetto", "ottimo prodotto, lo consiglio", "sono soddisfatto",
    "spedizione veloce", "obrigada, tudo certo", "produto excelente, recomendo", "estou satisfeito",
    "entrega rápida", "bedankt, perfect", "goed product, aanrader", "snelle levering",
    "dziękuję, wszystko super", "bardzo dobry produkt, polecam", "szybka dostawa", "спасибо, всё отлично",
    "хороший товар, рекомендую", "быстрая доставка", "teşekkürler, harika", "çok iyi ürün, tavsiye ederim",
    "hızlı kargo", "tack, allt fungerar", "tak, det virker", "kiitos, hyvä tuote", "mulțumesc, e bine",
    "děkuji, vše v pořádku", "köszönöm, minden rendben", "ευχαριστώ, όλα καλά", "شكرا، ممتاز",
    "ありがとう、とても良いです", "谢谢，很好用", "감사합니다, 좋아요", "धन्यवाद, बहुत अच्छा",
    "cảm ơn, rất tốt", "terima kasih, bagus",
)  # fmt: skip
_ENDS = ("", "", "", ".", "!", "!!", " :(", " smh", ". please fix it", ". so annoying", " ugh", ", seriously")
_CALM_ENDS = ("", "", "", ".", "?", "!", " :)", " thanks", ". thank you", " please", ". best regards")
_STARTS = (
    "", "", "", "", "well, ", "hi, ", "@shop ", "@airline ", "honestly, ", "update: ", "hello, ", "so ",
)  # fmt: skip


def furious(seed: int = 6) -> list[str]:
    """Very negative sentences."""
    return _made(Random(seed), FURIOUS, _ENDS) + list(FURIOUS_ELSEWHERE)


def content(seed: int = 7) -> list[str]:
    """Sentences that are not very negative: pleased, neutral, sober about a problem."""
    return _made(Random(seed), CONTENT, _CALM_ENDS) + list(CONTENT_ELSEWHERE)


def reviews(seed: int = 8) -> list[tuple[str, bool]]:
    """Longer texts of two to five sentences, and whether they are very negative as a whole."""
    random = Random(seed)
    made: list[tuple[str, bool]] = []
    for _ in range(250):
        bad = _some(random, FURIOUS, random.randint(1, 3)) + _some(random, CONTENT, random.randint(0, 2))
        random.shuffle(bad)
        made.append((". ".join(bad) + ".", True))
        made.append((". ".join(_some(random, CONTENT, random.randint(2, 5))) + ".", False))
    return made


def _some(random: Random, frames: tuple[str, ...], count: int) -> list[str]:
    return [_filled(random, random.choice(frames)) for _ in range(count)]


def _made(random: Random, frames: tuple[str, ...], ends: tuple[str, ...]) -> list[str]:
    made = []
    for frame in frames:
        for _ in range(4 if "{" in frame else 2):
            text = random.choice(_STARTS) + _filled(random, frame) + random.choice(ends)
            made.append(text.upper() if random.random() < 0.03 else text)
    return made


def _filled(random: Random, frame: str) -> str:
    return frame.format(t=random.choice(THINGS), p=random.choice(PLACES))
