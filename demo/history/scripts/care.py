"""What customer care was needed for."""

from __future__ import annotations

from demo.history.beats import Away, Cited, Nothing, Person, Say, Stops, Thumb, Worded
from demo.history.script import VISITOR, Script, known, order

SCRIPTS: tuple[Script, ...] = (
    Script(
        "late-parcel", known("Sedgwin Dunthistle", "sedgwin.dunthistle.6810@example.com"),
        (
            Say(0, "Where is my order #F2726400? It was sent more than a week ago.", Worded(
                "Your order #F2726400 is processed and left us with the tracking number FH750845548. Its three items "
                "travel in one parcel.", (order("#F2726400"),)), 4.2),
            Say(55, "Yes, but the tracking has not moved for six days", Cited("tracking")),
            Person(25),
        ),
        "noa",
        (
            ("noa", "Hello Sedgwin, this is Noa. I have read everything. Six working days without a scan is too "
                    "long, so "
                    "I have asked the carrier to search for FH750845548. They have three working days."),
            ("c", "Thank you. And if they don't find it?"),
            ("noa", "Then we send everything again or refund it with the delivery charge, whichever you prefer. I "
                    "write "
                    "to you on Thursday in any case."),
            ("c", "That is fair, thanks!"),
        ),
        ("Passed on", "Search for FH750845548 started with the carrier."), 48, tags=("delivery",),
        rate=(5, "Noa knew at once what to do"), ticket=("Search for FH750845548", "Ask the carrier on Thursday."),
    ),
    Script(
        "wrong-size-box", known("Elin Marlow"),
        (
            Say(0, "I ordered the Ridge trousers in M and the label says M but they are clearly an L",
                Cited("exchange")),
            Thumb(15, "down", "not_asked"),
            Say(20, "I don't want to swap because it doesn't fit, you packed the wrong ones. Can I speak to "
                    "someone?"),
        ),
        "ben",
        (
            ("ben", "Hello Elin, I'm Ben. You are right, that sounds like a packing mistake and not a question of "
                    "fit. "
                    "What is the number below the barcode on the label?"),
            ("c", "3761190677"),
            ("ben", "Thank you. That is the L with the wrong hang tag. The right pair leaves today, and a free "
                    "label for "
                    "the other one is in your mailbox. You have 21 days to post it."),
            ("c", "Perfect, that was quick"),
        ),
        ("Exchanged", ""), 35, tags=("sizing",), rate=(5, ""),
    ),
    Script(
        "angry-twice", known("Orla Penhurst"),
        (
            Say(0, "This is the worst service ever! The parcel is lost, I am absolutely furious.", Cited("tracking")),
            Say(35, "Unacceptable! Third time I write, nobody answers, this is outrageous and pathetic, I hate it!"),
        ),
        "mia",
        (
            ("mia", "Hello Orla, I'm Mia and I lead this team. You wrote three times and got no answer: that is "
                    "our fault, "
                    "and I am sorry. I have your order open now."),
            ("c", "So where is it?"),
            ("mia", "The carrier lost it on the 4th. I do not want you to wait any longer: a new parcel leaves "
                    "today by "
                    "express, and the delivery charge is back on your card."),
            ("c", "ok. thank you for taking it seriously"),
        ),
        ("Passed on", "Express parcel sent, charge refunded."), 18, tags=("delivery",),
        rate=(3, "Good end, terrible beginning"),
    ),
    Script(
        "angry-zip", VISITOR,
        (
            Say(0, "Your jacket is rubbish, the zip broke on the first day. A disgraceful waste of money, I hate it!!",
                Cited("warranty")),
            Say(40, "Photographs? Pathetic. This is a disgrace, you are useless and I am absolutely furious!!"),
        ),
        "noa",
        (
            ("noa", "Hello, this is Noa. A zip that breaks on the first day is a fault and not your bad luck. "
                    "Would you "
                    "rather have a new jacket or your money back?"),
            ("c", "a new one, same size"),
            ("noa", "It leaves tomorrow; please put the old one into the same box, the label is inside."),
        ),
        ("Exchanged", ""), 33, tags=("bug",), rate=(4, ""),
    ),
    Script(
        "unsure-dog", VISITOR,
        (
            Say(0, "Do you sell life jackets for dogs?", Nothing()),
            Say(35, "A floating vest for a spaniel, about 14 kg", Nothing()),
        ),
        "noa",
        (
            ("noa", "Hello, Noa here. We have none for dogs at the moment; the harbour chandler in Brackwater "
                    "does. I have "
                    "passed on the wish to our buyers."),
            ("c", "ok, thanks for the tip"),
        ),
        ("Answered", ""), 55, rate=(4, "Honest"),
    ),
    Script(
        "unsure-altitude", known("Piet Aldering"),
        (
            Say(0, "Will the Forge stove work at 5,600 metres with kerosene from Nepal?", Nothing()),
            Say(48, "I mean whether the needle for paraffin copes with dirty fuel at that altitude", Nothing()),
        ),
        "ben",
        (
            ("ben", "Hello Piet, Ben here. Yes: the Forge burns paraffin, and our expedition customers use it "
                    "above 6,000 m. "
                    "Filter the fuel through a cloth, take two spare needles and clean the jet every third day."),
            ("c", "Exactly what I needed, thank you"),
        ),
        ("Answered", ""), 62, rate=(5, "Somebody who has really used it"),
    ),
    Script(
        "failed-code", known("Jonna Wexley"),
        (
            Say(0, "My discount code is not accepted", Cited("code")),
            Say(40, "That didn't help, the code is new", Cited("code")),
            Thumb(12, "down", "not_true"),
            Say(30, "Still not working, that is not what I asked", Cited("gift")),
            Say(35, "No, that does not help at all"),
        ),
        "noa",
        (
            ("noa", "Hello Jonna, this is Noa. The code in your mail has a letter O where the shop reads a zero. "
                    "This one "
                    "works: WALK-0417. I am sorry for the detour."),
            ("c", "it works now, thanks"),
        ),
        ("Answered", "Misprint in the newsletter of the 9th."), 44, tags=("bug",), rate=(3, "Took too many tries"),
    ),
    Script(
        "limit-lookup", VISITOR,
        (
            Say(0, "Can you check my order 4471? I don't have the letter", Stops(
                "no_progress", (order("#4471"), order("#F4471"), order("#W4471"), order("#0004471"))), 7.5),
        ),
        "noa",
        (
            ("noa", "Hello, Noa here. Order numbers have an F and seven digits; it stands in the first line of "
                    "your mail. "
                    "Or tell me the e-mail address you ordered with."),
            ("c", "found it: #F3684950"),
            ("noa", "That one is packed and has the tracking number FH708928421. It should be with you on Tuesday."),
        ),
        ("Answered", ""), 70, tags=("delivery",),
    ),
    Script(
        "away", known("Davin Crole"),
        (Say(0, "Which of your mats would you take for sleeping in a van in March?", Away(), 9.0),),
        "ben",
        (
            ("ben", "Hello Davin, Ben here. For a van in March I would take the Cloud Winter mat: it is warm "
                    "enough for "
                    "frost and packs small. The Moss is fine above five degrees."),
            ("c", "Cloud Winter it is!"),
        ),
        ("Answered", ""), 90, rate=(5, ""),
    ),
    Script(
        "fr-customs", known("Hélène Marchais"),
        (
            Say(0, "Bonjour, à partir de quel montant la livraison est-elle gratuite en France ?",
                Cited("fr_delivery")),
            Say(45, "Mon colis devait arriver lundi. Je voudrais parler à un conseiller, s'il vous plaît."),
        ),
        "ben",
        (
            ("ben", "Bonjour Hélène, ici Ben. J'ai tout lu. Votre colis est au dépôt de Lyon depuis hier et sera "
                    "livré "
                    "demain avant midi."),
            ("c", "Merci beaucoup, c'est parfait"),
        ),
        ("Answered", ""), 50, tags=("delivery",), rate=(5, "Réponse en français, bravo"),
    ),
    Script(
        "de-boots", known("Jürgen Falk"),
        (
            Say(0, "Wie messe ich meine Füße für Wanderschuhe?", Cited("de_boots")),
            Say(60, "Ich möchte bitte mit einem Mitarbeiter sprechen, meine Füße sind verschieden groß"),
        ),
        "noa",
        (
            ("noa", "Guten Tag Jürgen, hier ist Noa. Nehmen Sie die Größe des längeren Fußes; für den anderen "
                    "legen wir "
                    "kostenlos eine zweite Einlegesohle dazu."),
            ("c", "Danke, das ist eine gute Lösung"),
        ),
        ("Answered", ""), 64, tags=("sizing",), rate=(5, ""),
    ),
)  # fmt: skip
