"""Links, pictures and markup of an answer: only addresses of allowed hosts, no HTML.

Invariant: every address that a reader or a renderer could follow stands in the text with a host that is allowed;
what is taken away leaves its words. Patterns are bounded, and what they make of a sentence is looked at again.

What a browser makes of an address follows the URL standard: backslashes are slashes, blanks and control characters
inside are dropped, what stands before `@` is no host, wide forms are folded, other scripts become punycode.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from engine.guardrails.output.rules import OutputRules
from engine.guardrails.output.texts import text
from engine.guardrails.output.values import Evidence, Judge, Ruling, Sentence
from engine.guardrails.values import FailMode

_WORTH = re.compile(
    r"[<\[\]]|//|\\\\|[Ww]{3}\.|:\w|&[#cst]|[\w-]\.[A-Za-z]{2}"
    r"|[\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff\uff00-\uffef\U000e0000-\U000e007f]"
)
_IMAGE = re.compile(r"!\[([^\[\]]{0,500})\](?:\(([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?)\))?")
_LINK = re.compile(r"\[([^\[\]]{0,500})\]\(([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?)\)")
_AUTO = re.compile(r"<((?:[a-zA-Z][a-zA-Z0-9+.-]{1,20}:|www\.)[^<>]{0,2000})>")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:_-]{0,40})((?:\s|/)[^<>]{0,2000})?>")
_OPENS = re.compile(r"<(?=[A-Za-z/!?])(?![A-Za-z][\w-]{0,40}>)")
_ENTITY = re.compile(r"&(?:#|colon|sol|tab|newline|lpar|rpar)", re.IGNORECASE)
_SCRIPT = re.compile(
    r"\b(?:j\s?a\s?v\s?a|v\s?b)\s?s\s?c\s?r\s?i\s?p\s?t\s{0,3}:\S{0,2000}"
    r"|\bdata:[\w.+-]{1,40}/[\w.+-]{1,60}[;,]\S{0,2000}"
    r"|\b(?:file|blob|about|filesystem|intent|ftp|sftp|smb|ssh|ws|wss|gopher|ldap)[:：]//?\S{0,2000}",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:https?[:：]|(?<![\w:./\\])(?=[/\\]{2}[\w\[]))[/\\]{1,4}[^\s<>\"|`\]]{0,2000}"
    r"|(?<![\w@.-])www\.[^\s<>\"|`\]]{1,2000}",
    re.IGNORECASE,
)
_NAKED = re.compile(
    r"(?<![\w@./:%=&#-])(?:[\w-]{1,63}\.){1,4}(?:(?:com|net|org|io|app|dev|biz|info|xyz|online|shop|site"
    r"|co\.uk|com\.\w\w)"
    r"(?![\w-]|\.\w|@)(?::\d{1,5})?(?:[/?#][^\s<>\"|`\]]{0,2000})?"
    r"|[a-z]{2,12}(?::\d{1,5})?[/?#][^\s<>\"|`\]]{1,2000})",
    re.IGNORECASE,
)
_TRAIL = re.compile(r"[.,;:!?'’)\]}*_»”]{1,10}\Z")
_NOT_IN_HOST = re.compile(r"[\x00-\x20\x7f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_FILE = re.compile(
    r"\.(?:md|py|js|ts|sh|json|ya?ml|txt|html?|css|zip|pdf|png|jpe?g|csv|xml|so|rs|go)\Z", re.IGNORECASE
)
_SCHEMED = re.compile(r"https?:|[/\\]{2}|www\.", re.IGNORECASE)
_IN_CODE = re.compile(r"(?:https?://|(?<![\w@.-])www\.)[^\s<>\"|`\]]{0,2000}", re.IGNORECASE)
# Tag characters carry hidden ASCII, bidi overrides turn addresses round; joiners stay, several scripts need them.
_UNSEEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_HTML_NAMES = frozenset(
    re.findall(
        r"\S+",
        "a abbr address applet area article aside audio b base bdi bdo big blink blockquote body br button "
        "canvas caption "
        "center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed "
        "fieldset figcaption "
        "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe image img "
        "input ins kbd "
        "label legend li link main map mark marquee math menu meta meter nav noscript object ol optgroup "
        "option output p "
        "param picture plaintext portal pre progress q rp rt ruby s samp script section select slot small "
        "source span "
        "strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time "
        "title tr track tt "
        "u ul var video wbr xmp",
    )
)
_NO_ADDRESS = re.compile(r"[\w ,+*-]{0,40}")
_ROUNDS = 3
_CARRIED = 2_000


def host_of(address: str) -> str:
    """The host of an address as a browser sees it, with its port if it has one; empty for none that can be trusted."""
    plain = _NOT_IN_HOST.sub("", unicodedata.normalize("NFKC", address)).replace("\\", "/").replace("。", ".")
    if plain.lower().startswith("www."):
        plain = f"https://{plain}"
    elif not re.match(r"(?i)https?:", plain):
        plain = f"https://{plain.lstrip('/')}"
    plain = re.sub(r"(?i)^https?:/*", "https://", plain)
    try:
        parts = urlsplit(plain)
        port = parts.port
    except ValueError:
        return ""
    if "@" in parts.netloc or not parts.hostname:
        return ""
    host = _puny(unquote(parts.hostname).rstrip(".").lower())
    return f"{host}:{port}" if host and port not in {None, 80, 443} else host


@lru_cache(maxsize=1_024)
def _puny(host: str) -> str:
    if host.isascii():
        return host if re.fullmatch(r"[a-z0-9._-]+", host) else ""
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        return ""


@dataclass(frozen=True, slots=True)
class Links:
    """Takes away what leads elsewhere: links, pictures, HTML."""

    rules: OutputRules
    name: str = "links"
    version: int = 1
    fail: FailMode = FailMode.CLOSED
    at_end: bool = False

    def begin(self, evidence: Evidence) -> Judge:
        cleaner = _Cleaner(self.rules, evidence)
        action = self.rules.action(self.name)

        def judge(sentence: Sentence) -> Ruling | None:
            if not sentence.glued and not _WORTH.search(sentence.text):
                return None
            cleaned = cleaner.clean(sentence)
            if cleaned == sentence.text:
                return None
            return Ruling(action, cleaned, reasons=("markup",))

        return judge


class _Cleaner:
    def __init__(self, rules: OutputRules, evidence: Evidence) -> None:
        self._hosts = frozenset(
            filter(None, (host_of(host.removeprefix("*.")) for host in rules.allowed_hosts))
        )
        self._known = tuple(evidence.passages.values()) if rules.links_from_passages else ()
        self._images = rules.images
        self._removed = text("link_removed", evidence.language, rules.texts)

    def clean(self, sentence: Sentence) -> str:
        cleaned = self._unglued(sentence) if sentence.glued else sentence.text
        if sentence.code:
            return _IN_CODE.sub(self._bare, _UNSEEN.sub("", cleaned))
        for _ in range(_ROUNDS):
            before, cleaned = cleaned, self._once(cleaned)
            if cleaned == before:
                return cleaned
        return _BARE.sub(self._removed, cleaned.replace("](", "] ("))

    def _unglued(self, sentence: Sentence) -> str:
        """Without the rest of an address that was cut: its beginning has been shown, its rest could change it."""
        begin = sentence.said.released_tail(_CARRIED).rsplit(None, 1)
        if begin and re.search(r"//|\w\.\w|<", begin[-1]):
            return re.sub(r"\A\S+", "", sentence.text)
        return sentence.text

    def _once(self, cleaned: str) -> str:
        cleaned = _UNSEEN.sub("", cleaned)
        if _ENTITY.search(cleaned):
            cleaned = html.unescape(cleaned)
        cleaned = _IMAGE.sub(self._image, cleaned)
        cleaned = _LINK.sub(self._link, cleaned)
        cleaned = _AUTO.sub(lambda found: found[1], cleaned)
        cleaned = _TAG.sub(_tag, cleaned)
        cleaned = _OPENS.sub("< ", cleaned)
        return self._addresses(cleaned)

    def _addresses(self, cleaned: str) -> str:
        cleaned = _SCRIPT.sub(self._removed, cleaned)
        cleaned = _BARE.sub(self._bare, cleaned)
        return _NAKED.sub(self._bare, cleaned)

    def _image(self, found: re.Match[str]) -> str:
        if self._images and found[2] and self._allowed(_target(found[2]), schemes=("https",)):
            return found[0]
        return found[1]

    def _link(self, found: re.Match[str]) -> str:
        if found.start() and found.string[found.start() - 1] == "!":
            return found[0]  # a picture that was allowed
        if _NO_ADDRESS.fullmatch(found[2]):
            return found[0]
        return found[0] if self._allowed(_target(found[2])) else found[1]

    def _bare(self, found: re.Match[str]) -> str:
        address = found[0]
        trail = _TRAIL.search(address)
        tail = trail[0] if trail else ""
        if not _SCHEMED.match(address) and _FILE.search(re.split(r"[/?#:]", address, maxsplit=1)[0]):
            return address
        return address if self._allowed(address.removesuffix(tail), bare=True) else self._removed + tail

    def _allowed(
        self, address: str, *, schemes: tuple[str, ...] = ("https", "http"), bare: bool = False
    ) -> bool:
        scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", address)
        if scheme and scheme[1].lower() == "mailto" and not bare:
            return self._listed(address.rpartition("@")[2].partition("?")[0])
        if scheme and scheme[1].lower() == "tel" and not bare:
            return bool(re.fullmatch(r"\s*[Tt][Ee][Ll]:[+\d() .-]{3,30}", address))
        if not bare and not (scheme and scheme[1].lower() in schemes):
            return False
        return self._listed(address)

    def _listed(self, address: str) -> bool:
        host = host_of(address)
        if not host:
            return False
        name = host.partition(":")[0]
        if any(host == one or (name == host and host.endswith(f".{one}")) for one in self._hosts):
            return True
        return any(_stands_in(address, passage) for passage in self._known)


def _stands_in(address: str, passage: str) -> bool:
    at = passage.find(address)
    return at >= 0 and not re.match(r"[\w/@:.-]*[\w/@]", passage[at + len(address) :][:50])


def _target(inside: str) -> str:
    """The address of `(address "title")` or `(<address>)`."""
    inside = inside.strip()
    if inside.startswith("<"):
        return inside[1:].partition(">")[0]
    return inside.split(None, 1)[0] if inside else ""


def _tag(found: re.Match[str]) -> str:
    if found[1].lower() in _HTML_NAMES:
        return "\n" if found[1].lower() in {"br", "p", "li", "tr", "div"} and found[0][1] != "/" else ""
    return "< " + found[0][1:] if found[2] else found[0]
