"""Short ones: the assistant answered, the customer wanted a person all the same, and a few lines settled it."""

from __future__ import annotations

from demo.history.beats import Cited, Person, Say
from demo.history.script import VISITOR, Script, known

_Row = tuple[str, str, str, str, str, str, str, float, tuple[int, str] | None]

# Name (empty: a visitor), question, topic, her wish (empty: the button), who, what she was told, thanks, wait, stars.
_ROWS: tuple[_Row, ...] = (
    ("Tess Marrable", "How long does the refund to a credit card take?", "refund", "", "rui",
     "Hello Tess, Rui here. Your refund left us on Tuesday; the bank shows it on Friday at the latest.", "ok thanks",
     28, (4, "")),
    ("", "Is the Aldermoor store open on Sunday?", "hours", "can I speak to a person please", "noa",
     "Hello, Noa here. Yes, this Sunday from 12:00 to 17:00, and the workshop's counter is closed then.", "great, "
                                                                                                          "thanks",
     19, None),
    ("Ola Brandt", "What does express to Edinburgh cost?", "abroad", "", "ben",
     "Hello Ola, Ben here. €24.95 and three to four working days; if it is for this weekend, it won't make it.",
     "Good to know. Thanks", 41, (5, "")),
    ("", "Can old boots get new soles?", "repair", "I'd like to talk to someone in the workshop", "ben",
     "Hello, this is Ben. Glued trail shoes cannot be resoled; send me the model and I tell you about yours.",
     "Scree, from 2019", 75, None),
    ("Rhea Collum", "The password link says it is not valid", "password", "", "noa",
     "Hello Rhea, Noa here. You have asked three times, and only the newest of the mails works: the one of 10:42.",
     "that was it, thank you", 22, (5, "So simple")),
    ("Anselm Reith", "Why are there two amounts on my card?", "card", "Please let me talk to a human", "rui",
     "Hello Anselm, Rui here. There is one order; the second amount is a reservation that ends on Monday.",
     "Phew, thanks", 160, (3, "Waited quite long")),
    ("", "Does the newsletter code work on sale items?", "code", "", "noa",
     "Hello, Noa here. On ordinary sale items yes, in the outlet no.", "ok", 15, None),
    ("Greta Vance", "My rain jacket soaks through, is it broken?", "waterproof", "I want to speak with a person",
    "ben",
     "Hello Greta, this is Ben. If drops come through at the seam, it is a case for the warranty: send two "
     "photographs.",
     "I will, thank you", 33, (5, "")),
    ("Ned Ashby", "I was out when the driver came, what happens now?", "missed", "", "noa",
     "Hello Ned, Noa here. It is at the pick-up point in Mill Lane until Saturday; bring the code and an identity "
     "card.",
     "thanks!", 52, (4, "")),
    ("", "I need the trousers one size bigger, what does that cost?", "exchange", "agent please", "rui",
     "Hello, Rui here. Nothing: the first exchange is free, and I have put the L aside for you for ten days.",
     "super", 24, None),
    ("Lowri Penn", "Which boot size do I need if my foot is 26 cm long?", "boots", "", "ben",
     "Hello Lowri, Ben here. For walking 40.5 or 41, for mountain boots 42. Try them in the evening, in thick socks.",
     "I take the 42. Thank you", 38, (5, "Ben knows his boots")),
    ("Calum Dwyer", "When do I get my money back for my return?", "refund", "I need to talk to somebody", "rui",
     "Hello Calum, this is Rui. The parcel reached us on the 2nd and was overlooked. I have paid it out just now, "
     "sorry.",
     "Thanks for checking", 340, (2, "Had to ask twice for my own money")),
    ("", "Can I get the rest of my gift card in cash?", "gift", "", "noa",
     "Hello, Noa here. Not in cash, but it stays valid for five years from each purchase.", "hm ok", 17, None),
    ("Vesna Kolar", "Do you deliver to Norway and what does it cost?", "abroad",
     "Can I speak to a person, please?", "noa",
     "Hello Vesna, Noa here. €12.95; gas cartridges cannot go there, so please take them out of the basket.",
     "ah, that was the problem. thanks", 29, (5, "")),
    ("Ivo Hallam", "Tracking says label created since this morning, what does that mean?", "tracking", "", "noa",
     "Hello Ivo, Noa here. It is packed and waits for the van, which comes at four.", "Thank you Noa", 21, (5, "")),
    ("", "How do I get the 10 % for students?", "student", "real person please", "mia",
     "Hello, I'm Mia. If your school is not in the list, upload a picture of the card; we look at it within two "
     "days.",
     "will do", 66, (4, "")),
    ("Sorcha Lunn", "The Tarn boots give me blisters, what are my options?", "comfort", "", "ben",
     "Hello Sorcha, Ben here. Bring them to Brackwater: we measure both feet and swap them, worn or not, until "
     "the 20th.",
     "That is generous, thanks", 44, (5, "")),
    ("Matthis Ruhl", "I returned a fleece last Thursday and see no refund yet", "refund", "let me talk to an "
                                                                                          "employee", "rui",
     "Hello Matthis, Rui here. It arrived yesterday; five working days are the rule, but I did yours now.", "wow "
                                                                                                            "thanks",
     58, (5, "")),
)  # fmt: skip


def _script(number: int, row: _Row) -> Script:
    name, question, topic, wish, who, told, thanks, wait, stars = row
    wanted = Say(35, wish) if wish else Person(40)
    handled = ("Refunded" if topic == "refund" else "Answered", "")
    lines = ((who, told), ("c", thanks))
    customer = known(name) if name else VISITOR
    before = (Say(0, question, Cited(topic)), wanted)
    return Script(f"brief-{number}", customer, before, who, lines, handled, wait, rate=stars)


SCRIPTS: tuple[Script, ...] = tuple(_script(number, row) for number, row in enumerate(_ROWS, start=1))
