"""Help texts of an invented bicycle rental, and questions with their answers' places, written for the tests."""

from __future__ import annotations

PAIRS = (
    (
        "How do I unlock a bike?",
        "Scan the code on the handlebar and wait for the click. The lamp turns green.",
    ),
    ("What does a ride cost?", "Unlocking is 1 euro, then 18 cents a minute. E-bikes are 26 cents a minute."),
    (
        "How do I cancel my subscription?",
        "In Profile, Pass, choose End. It runs on to the end of the paid month.",
    ),
    ("How do refunds work?", "Refunds go back to the card you paid with within 5 to 7 working days."),
    (
        "How old must I be to ride?",
        "Riders are 16 or older; below 18 a parent confirms the account by e-mail.",
    ),
    (
        "What happens if I have an accident?",
        "Call 112 if anyone is hurt, then our emergency line within 24 hours.",
    ),
    ("How far does the battery reach?", "A full battery lasts about 45 kilometres; the app shows the range."),
    ("Can I reserve a bike?", "Yes, for 10 minutes and free of charge, twice a day."),
)

ASKED = (
    ("price per minute", 1),
    ("I want to quit my month card", 2),
    ("when do I see my money again", 3),
    ("may my 15 year old daughter use it", 4),
    ("I crashed into a car", 5),
    ("how many km on one charge", 6),
)

OUT_OF_SCOPE = (
    "How do I bake sourdough bread?",
    "Who won the world cup in 1998?",
    "blorf snarfle wug",
    "Explain quantum entanglement",
    "What is the boiling point of ethanol?",
)


def as_csv() -> bytes:
    rows = [f'"{question}","{answer}"' for question, answer in PAIRS]
    return "\n".join(["question,answer", *rows]).encode()
