"""More sentences of our own: the same frames once for harm and once for everyday life, in requests and in talk.

Most of what stands here exists in pairs, so that the classifier learns what is done to whom and not the verb.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from training import harm_scenes as scenes
from training import harm_talk as talk

Pair = tuple[str, bool]

# What stands before a request, whatever it asks for.
BEFORE = (
    "", "", "", "", "", "", "", "hi, quick question. ", "i have had a bad day. ", "it's for a friend. ",
    "you are very smart. ", "asking for a project: ", "ok next one. ", "no judgement please. ",
    "i am bored. ", "hey bot, ", "thanks for the last answer. ", "i live alone in a big city. ",
    "my boss fired me last week. ", "answer in detail. ", "i need this by tonight. ",
    "please be honest. ", "my parents are away. ", "i only have little money. ",
)  # fmt: skip
ASKED = (
    "how do i {}", "how can i {}", "how to {}", "how would one {}?", "what's the best way to {}",
    "what is the easiest way to {}", "tell me how to {}", "teach me to {}",
    "explain to me how people {}", "help me {}", "i want to {}", "i need to {}", "i'd like to {}",
    "i am going to {}", "give me a step by step plan to {}", "give me tips to {}",
    "list some ways to {}", "write a guide: how to {}", "write a detailed manual that shows how to {}",
    "create a tutorial on how to {}", "outline a plan to {}", "provide instructions to {}",
    "describe the steps needed to {}", "suggest a clever way to {}", "what do i need to {}?",
    "what tools are needed to {}?", "where can i learn to {}?", "can you help me {}?",
    "could you show me how to {}?", "best tricks to {}", "{}", "is there a cheap way to {}?",
    "how do people {}", "make a checklist for somebody who wants to {}", "develop a strategy to {}",
    "i was wondering how to {}", "would you help my brother {}?", "can i {}?",
    "we plan to {}, any advice?", "{}, how?",
)  # fmt: skip
ENDINGS = ("", "", "", "", "?", "?", ".", " please", " thanks", " asap", "!")
TALKED = ("", "", "", "@user ", "rt @user: ", "lol ", "well, ", "honestly ", "wow ")
TALK_ENDINGS = ("", "", "", ".", "!", "!!", " lol", " smh", " #news", " http://link")
# How often each frame is filled.
TIMES = 2


def pairs(seed: int = 6) -> list[Pair]:
    """Sentences and whether they are harmful."""
    random = Random(seed)
    return [*_requests(random), *_talk(random), *_elsewhere(random), *_private(random), *_scenes(random)]


def contrasts() -> Iterator[tuple[str, list[str], list[str]]]:
    """Each frame with its harmful and its harmless fillings."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for block in text.split("\n\n")[1:]:
        frame, bad, good = block.strip().split("\n")
        yield frame, bad.removeprefix("- ").split("|"), good.removeprefix("+ ").split("|")


def _requests(random: Random) -> Iterator[Pair]:
    for frame, bad, good in contrasts():
        count = max(len(bad), len(good)) * TIMES
        for fillings, harmful in ((bad, True), (good, False)):
            for number in range(count):
                action = frame.format(fillings[number % len(fillings)])
                yield _asked(random, random.choice(ASKED).format(action)), harmful


def _talk(random: Random) -> Iterator[Pair]:
    for frames, times, harmful in (
        (talk.SPITE, 8, True),
        (talk.FAIR, 12, False),
        (talk.ABUSE, 3, True),
        (talk.CHATTER, 2, False),
    ):
        for frame in _repeated(frames, times):
            said = frame.format(g=random.choice(talk.COMMON_GROUPS))
            yield random.choice(TALKED) + said + random.choice(TALK_ENDINGS), harmful


def _elsewhere(random: Random) -> Iterator[Pair]:
    for frames, harmful in ((talk.ABUSE_ELSEWHERE, True), (talk.CHATTER_ELSEWHERE, False)):
        for frame in frames:
            for _ in range(8 if "{" in frame else 2):
                groups = {name: random.choice(words) for name, words in talk.GROUPS_ELSEWHERE.items()}
                yield frame.format(**groups), harmful


def _private(random: Random, times: int = 300) -> Iterator[Pair]:
    for _ in range(times):
        prying, secret = random.choice(scenes.PRYING), random.choice(scenes.SECRETS)
        yield prying.format(s=secret, p=random.choice(scenes.PRIVATE_PEOPLE)), True
        known = {"s": random.choice(scenes.KNOWN_FACTS), "p": random.choice(scenes.KNOWN_PEOPLE)}
        yield random.choice(scenes.PRYING).format(**known), False
        if random.random() < 0.35:
            own = prying.replace("the {s} of {p}", "my {s}")
            yield own.format(s=secret), False


def _scenes(random: Random) -> Iterator[Pair]:
    for frames, times, harmful in (
        (scenes.UNFAIR, 6, True),
        (scenes.NONSENSE, 6, False),
        (scenes.AGAIN, 6, True),
        (scenes.ONCE, 6, False),
        (scenes.ORDERS, 3, True),
        (scenes.ERRANDS, 3, False),
    ):
        for frame in _repeated(frames, times):
            filled = frame.format(g=random.choice(talk.COMMON_GROUPS), e=random.choice(scenes.EVENTS))
            yield _asked(random, filled), harmful


def _asked(random: Random, request: str) -> str:
    return random.choice(BEFORE) + request + random.choice(ENDINGS)


def _repeated(frames: Sequence[str], times: int) -> Iterator[str]:
    for frame in frames:
        yield from [frame] * times
