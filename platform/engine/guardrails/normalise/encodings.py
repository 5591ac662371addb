"""Texts in codes that a machine decodes: base64, base32, hex, binary, percent, HTML and backslash escapes, morse.

Invariant: each pattern is one class of characters repeated, so that matching is linear; what does not decode to
readable text is dropped.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import unquote

from engine.guardrails.normalise import ciphers
from engine.guardrails.normalise.lexicon import WORDS, reads_like_text

_MOST = 8
_CIPHERED = 2_000
_WRAP = re.compile(r"(?<=[A-Za-z0-9+/_-]{8})\n(?=[A-Za-z0-9+/_=-]{4})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,12000}")
_BASE32 = re.compile(r"[A-Z2-7]{16,8000}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]{0,2}){6,4000}")
_BINARY = re.compile(r"(?:[01]{8}[ ,]{0,2}){4,2000}")
_DECIMAL = re.compile(r"(?:1[0-2][0-9]|[3-9][0-9])(?:[ ,]{1,2}(?:1[0-2][0-9]|[3-9][0-9])){7,2000}")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_ESCAPE = re.compile(r"\\u\{?[0-9A-Fa-f]{4,6}\}?|\\U[0-9A-Fa-f]{8}")
_MORSE = re.compile(r"(?:[.\-\u00b7\u2013\u2212_]{1,6}[ /|]{1,4}){7,1500}")
# Quick looks that save the whole search for nearly every text.
_HEXLIKE = re.compile(
    r"[2-7c-fC-F][0-9a-fA-F][ ,:\\]{0,2}(?:0?x)?[2-7c-fC-F][0-9a-fA-F][ ,:\\]{0,2}(?:0?x)?[0-9a-fA-F]{2}"
)
_OCTET = re.compile(r"[01]{8}")
_DOTTED = re.compile(r"[.\-\u00b7\u2013\u2212_] [.\-\u00b7\u2013\u2212_]")
_PAIRS = re.compile(r"[0-9a-fA-F]{2}")
_LETTERED = re.compile(r"[A-Z]")

_MORSE_WORDS = """
a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.--
x-..- y-.-- z--..
'.----. ,--..-- ?..--.. !-.-.-- :---... ;-.-.-. ".-..-. (-.--. )-.--.-
0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----.
"""
_MORSE_SIGNS = {word[1:]: word[0] for word in _MORSE_WORDS.split()} | {".-.-.-": "."}
_DASHES = str.maketrans({"\u2013": "-", "\u2212": "-", "_": "-", "\u00b7": "."})


def found(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what is encoded in a text."""
    yield from _pieces("base64", _BASE64, _WRAP.sub("", text) if "\n" in text else text, _base64)
    yield from _pieces("base32", _BASE32, text, _base32)
    if _HEXLIKE.search(text):
        yield from _pieces("hex", _HEX, text, _hex)
    if _OCTET.search(text):
        yield from _pieces("binary", _BINARY, text, _binary)
    yield from _pieces("decimal", _DECIMAL, text, _decimal)
    if _DOTTED.search(text):
        yield from _pieces("morse", _MORSE, text + " ", _morse)
    yield from _escapes(text)


def _pieces(
    kind: str, pattern: re.Pattern[str], text: str, decode: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    decoded = (_innermost(decode(match[0])) for match in islice(pattern.finditer(text), 200))
    readable = list(islice((piece for piece in decoded if piece), _MOST))
    if readable:
        yield kind, " ".join(readable)


def _innermost(piece: str) -> str:
    """The piece where it reads like text; else what a second code or a cipher within it says; else nothing."""
    if len(piece) < 6 or _told(piece):
        return piece if len(piece) >= 6 else ""
    run = piece.strip().rstrip("=")
    if _BASE64.fullmatch(run):
        inner = _hex(run) if _HEX.fullmatch(run) else _base64(run)
        return inner if _told(inner) else ""
    return next((plain for _, plain in ciphers.found(piece[:_CIPHERED])), "") if piece.isprintable() else ""


def _told(piece: str) -> bool:
    """Readable, and either several words or one that is known: a name of a file is neither."""
    if not reads_like_text(piece):
        return False
    return any(sign.isspace() for sign in piece.strip()) or not piece.isascii() or piece.lower() in WORDS


def _escapes(text: str) -> Iterator[tuple[str, str]]:
    if text.count("%") >= 3 and len(_PERCENT.findall(text)) >= 3:
        yield from _whole("percent", unquote(text.replace("+", " "), errors="replace"))
    if text.count("&") >= 3 and len(_ENTITY.findall(text)) >= 3:
        yield from _whole("entities", html.unescape(text))
    if "\\u" in text.lower() and len(_ESCAPE.findall(text)) >= 3:
        yield from _whole("escapes", _ESCAPE.sub(_unescaped, text))


def _whole(kind: str, decoded: str) -> Iterator[tuple[str, str]]:
    if reads_like_text(decoded.replace("\ufffd", "")):
        yield kind, decoded


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[0][2:].strip("{}"), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _base64(run: str) -> str:
    if not _LETTERED.search(run):
        return ""
    run = run.replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + "=" * (-len(run) % 4))
    except (binascii.Error, ValueError):
        return ""
    return _utf8(data)


def _base32(run: str) -> str:
    try:
        return _utf8(base64.b32decode(run + "=" * (-len(run) % 8)))
    except (binascii.Error, ValueError):
        return ""


def _hex(run: str) -> str:
    return _utf8(bytes(int(pair, 16) for pair in _PAIRS.findall(run.replace("0x", "").replace("\\x", ""))))


def _binary(run: str) -> str:
    return _utf8(bytes(int(byte, 2) for byte in re.findall(r"[01]{8}", run)))


def _decimal(run: str) -> str:
    return "".join(chr(int(code)) for code in re.findall(r"\d+", run))


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _morse(run: str) -> str:
    words = re.split(r" {2,}| ?[/|] ?", run.translate(_DASHES).strip())
    return " ".join("".join(_MORSE_SIGNS.get(code, "\ufffd") for code in word.split()) for word in words)
