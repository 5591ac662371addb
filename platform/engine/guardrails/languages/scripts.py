"""Which script a text is written in, and the languages that this leaves open."""

from __future__ import annotations

import re

_RANGES = {
    "Latn": "a-zß-öø-ɏạ-ỹ",
    "Cyrl": "\u0400-\u052f",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Arab": "\u0620-\u064a\u066e-\u06d3\u0750-\u077f",
    "Hebr": "\u05d0-\u05ea",
    "Deva": "\u0900-\u097f",
    "Thai": "\u0e01-\u0e4e",
    "Hang": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3",
    "Kana": "\u3041-\u30fa\u30fc-\u30ff",
    "Hani": "\u3400-\u4dbf\u4e00-\u9fff",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Laoo": "\u0e80-\u0eff",
    "Mymr": "\u1000-\u109f",
    "Geor": "\u10a0-\u10ff",
    "Armn": "\u0531-\u0587",
    "Ethi": "\u1200-\u137f",
    "Khmr": "\u1780-\u17ff",
}
_RUNS = re.compile("|".join(f"(?P<{name}>[{letters}]+)" for name, letters in _RANGES.items()))
LANGUAGE = {
    "Grek": "el", "Hebr": "he", "Thai": "th", "Hang": "ko", "Kana": "ja", "Hani": "zh", "Beng": "bn", "Guru": "pa",
    "Gujr": "gu", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si", "Laoo": "lo", "Mymr": "my",
    "Geor": "ka", "Armn": "hy", "Ethi": "am", "Khmr": "km", "Deva": "hi", "Arab": "ar",
}  # fmt: skip
SHARING = {"Deva": {"hi", "mr", "ne"}, "Arab": {"ar", "fa", "ur"}, "Hebr": {"he", "yi"}, "Hani": {"zh", "ja"}}
"""Languages among which the script alone does not choose: what was spoken before stays."""
_DENSE = {"Hani": 3, "Hang": 2, "Kana": 2}
"""How many Latin letters a sign stands for."""
_PERSIAN = re.compile("[پچژگ]")
_URDU = re.compile("[ٹڈڑںے]")


def scripts_of(text: str) -> dict[str, int]:
    """Letters (as many as Latin ones would be) of each script in a text in lower case, the commonest first.

    Beside Kana, Chinese characters are Japanese.
    """
    found: dict[str, int] = {}
    for run in _RUNS.finditer(text):
        name = str(run.lastgroup)
        found[name] = found.get(name, 0) + (run.end() - run.start()) * _DENSE.get(name, 1)
    if "Kana" in found and "Hani" in found:
        found["Kana"] += found.pop("Hani")
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def language_of(script: str, text: str) -> str:
    """The language that most who write a script speak; Cyrillic and Latin are not decided here."""
    if script == "Arab":
        return "ur" if _URDU.search(text) else "fa" if _PERSIAN.search(text) else "ar"
    return LANGUAGE.get(script, "")
