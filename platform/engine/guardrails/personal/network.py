"""E-mail addresses, also spoken ones, and the addresses of machines.

Invariant: linear: the search starts at each sign "@" or group of colons and looks a bounded way to both sides.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from engine.guardrails.personal.seen import Seen
from engine.guardrails.values import Span

_LOCAL = re.compile(r"[\w.+\-!#$%&'*/=?^`{|}~]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w\-]{0,62})\.){1,8}[^\W\d_][\w\-]{1,62}")
_LITERAL = re.compile(r"\[?(?:\d{1,3}\.){3}\d{1,3}\]?")
_EDGES = "'`{|}~*!?=/&%$#^.-"
_FILES = (
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "webp",
    "js",
    "css",
    "ts",
    "py",
    "zip",
    "gz",
    "json",
    "html",
    "xml",
    "pdf",
    "ico",
)
_DOT = r"(?:\(dot\)|\[dot\]|\{dot\}|[ \t](?:dot|punto|point|punkt|ponto|punt)[ \t])"
_AT = r"(?:\(at\)|\[at\]|\{at\}|[ \t](?:at|arroba|arobase|chiocciola|ät)[ \t]|@)"
_HOSTS = r"(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|proton(?:mail)?|gmx|web|aol|live|msn|zoho|mail)"
_ENDINGS = (
    r"(?:com|net|org|info|io|eu|edu|gov|uk|de|fr|es|it|nl|pl|br|in|us|ch|at|be|pt|se|no|dk|ca|au|mx|ie)"
)
_SPOKEN = re.compile(
    rf"(?<![\w.+@\-])[\w.+\-]{{0,39}}\w[ \t]{{0,2}}(?:{_AT}[ \t]{{0,2}}"
    rf"(?:(?:[\w\-]{{1,40}}[ \t]{{0,2}}{_DOT}[ \t]{{0,2}}){{1,4}}{_ENDINGS}|{_HOSTS} ?\. ?[a-z]{{2,6}})"
    rf"|@[ \t]{{0,2}}(?:[\w\-]{{1,40}}\.){{1,4}}[a-z]{{2,12}}|@[ \t]{{0,2}}[\w\-]{{1,40}} ?\. ?{_ENDINGS})\b",
    re.IGNORECASE,
)
_SPOKEN_AT = re.compile(
    r"@|\((?i:at)\)|\[(?i:at)\]|\{(?i:at)\}| (?i:at|arroba|arobase|chiocciola|ät)[ \t]"
    r"|\t(?i:at|arroba|arobase|chiocciola|ät)[ \t]"
)
_BEFORE_AT, _BEHIND_AT = 50, 300
"""More characters than a spoken address has on either side."""
_SPOKEN_SIGNS = (" at ", "(at)", "[at]", "{at}", " ät ", "arroba", "arobase", "chiocciola", "@ ", " @")
_DOTTED = re.compile(r"\d(?<![\w.\-]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\w\-]|\.\d)(?:/\d{1,2}\b)?")
_SEVEN = re.compile(r":(?:[0-9a-fA-F]{0,38}:){6}")
"""An address without "::" has all its colons."""
_COLONS = re.compile(r"(?<![\w:.])[0-9a-fA-F:]{2,39}(?:(?:\d{1,3}\.){3}\d{1,3})?(?![\w:]|\.\d)")
_RELEASE = re.compile(
    r"(?:\bv|version|release|build|firmware|driver|software|update|chrome/|app)[ .:#(]{0,3}(?:is |to |from )?$",
    re.I,
)
_MACHINE = re.compile(
    r"\bip|host|server|address|adres|client|connect|ping|router|network|dns|gateway|vpn|subnet", re.I
)
_NOBODY = ("127.", "0.0.0.0", "255.255.255.")  # noqa: S104


def emails(seen: Seen) -> Iterator[Span]:
    """The e-mail addresses, in letters of any script."""
    text = seen.text
    at = text.find("@")
    while at >= 0:
        span = _email(text, at)
        if span is not None:
            yield span
        at = text.find("@", max(at + 1, span.end if span else 0))
    if any(sign in seen.folded for sign in _SPOKEN_SIGNS):
        for start, end in _around_ats(text):
            for match in _SPOKEN.finditer(text, start, end):
                yield Span(match.start(), match.end(), "EMAIL", 0.8)


def addresses(text: str) -> Iterator[Span]:
    """The addresses of machines, version 4 and 6, that belong to somebody; no release numbers, no loopback."""
    for match in _DOTTED.finditer(text):
        if _is_v4(match.group()) and not _is_release(text, match):
            yield Span(match.start(), match.end(), "IP_ADDRESS")
    if "::" not in text and not _SEVEN.search(text):
        return
    for match in _COLONS.finditer(text):
        if _is_v6(match.group()):
            yield Span(match.start(), match.end(), "IP_ADDRESS")


def _around_ats(text: str) -> Iterator[tuple[int, int]]:
    """The stretches in which a spoken address can stand."""
    start = end = -1
    for at in _SPOKEN_AT.finditer(text):
        if at.start() - _BEFORE_AT > end:
            if end >= 0:
                yield start, end
            start = max(0, at.start() - _BEFORE_AT)
        end = at.end() + _BEHIND_AT
    if end >= 0:
        yield start, end


def _email(text: str, at: int) -> Span | None:
    left = _LOCAL.search(text[max(0, at - 64) : at])
    right = _DOMAIN.match(text, at + 1) or _LITERAL.match(text, at + 1)
    if left is None or right is None:
        return None
    local = left.group().lstrip(_EDGES)
    for cut in ("=", "/", "|"):
        local = local.rsplit(cut, 1)[-1]
    end = at + 1 + len(right.group().rstrip("-_"))
    ending = text[at + 1 : end].rsplit(".", 1)[-1].lower()
    if not local or ending in _FILES or local == "git":
        return None
    return Span(at - len(local), end, "EMAIL")


def _is_release(text: str, match: re.Match[str]) -> bool:
    """A version of four parts: it is called so, or its parts are small and nothing near speaks of machines."""
    if _RELEASE.search(text, max(0, match.start() - 24), match.start()):
        return True
    small = all(len(part) < 3 for part in match.group().partition("/")[0].split("."))
    return small and not _MACHINE.search(text, max(0, match.start() - 60), match.end() + 20)


def _is_v4(raw: str) -> bool:
    address = raw.partition("/")[0]
    parts = address.split(".")
    return all(int(part) <= 255 for part in parts) and not address.startswith(_NOBODY)


def _is_v6(raw: str) -> bool:
    if raw.count(":") < 2 or (raw.count(":") < 7 and "::" not in raw):
        return False
    if sum(sign.isalnum() for sign in raw) < 4:
        return False
    try:
        return not ipaddress.IPv6Address(raw).is_loopback
    except ValueError:
        return False
