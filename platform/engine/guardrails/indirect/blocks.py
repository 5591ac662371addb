"""Blocks of code in a document, and what code does that nobody asked for: send, run, read secrets, destroy, watch.

Invariant: plain substrings and bounded patterns only; time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"(?m)^[ \t>]{0,12}(?P<mark>`{3,9}|~{3,9})[^\n`]{0,40}$|\0")
_LONGEST = 4000
_GAP = 24
_LIKE_CODE = re.compile(
    r"[ \t>]{0,12}(?:import \w|from [\w.]{1,40} import|#!|\$ \S|(?:sudo|curl|wget|npm|pip3?|bash|nc|rm) \S"
    r"|(?:const|let|var|def|class|function|with|for|while|if|try|async|await|return|public|static|using|#include)\b"
    r"[^\n]{0,200}[;:{}()]"
    r"|[\w.]{2,60}(?:\[[^\]\n]{0,40}\])?\s{0,2}(?:=(?!=)|\()[^\n]{0,200}|[)}\]])"
)
_NAME = re.compile(r"[^\W\d_]{4,30}")

DEEDS = {
    "sends": (
        "requests.get", "requests.post", "requests.put", "requests.request", "urllib.request", "urlopen(",
        "http.client",
        "httpx.", "aiohttp", "smtplib", "ftplib", "paramiko", "socket.socket", "socket.create", "telnetlib",
        "websocket.",
        "paho.mqtt", "boto3", "scapy", "fetch(", "xmlhttprequest", "axios.", "sendbeacon", "curl -", "curl http",
        "wget ",
        "nc -", "scp -", "invoke-webrequest", "net/http", "httpclient", "file_get_contents(\"http", "starttls",
        "sendmail(",
        "send_message(", ".sendall(", "new image()",
    ),
    "runs": (
        "subprocess.", "os.system", "os.popen", "exec(", "eval(", "child_process", "getruntime()", "processbuilder",
        "shell_exec", "system(", "pickle.load", "ctypes", "__import__", "importlib", "| sh", "|sh", "| bash", "|bash",
        "powershell -", "marshal.load", "pty.spawn", "os.exec", "popen(", "| crontab", "schtasks", "xp_cmdshell",
        "chmod +x",
        "while true:", "while (true)", "for(;;)",
    ),
    "secrets": (
        "/etc/passwd", "/etc/shadow", ".ssh/", "id_rsa", "private_key", "private/key", "os.environ",
        "process.env", "getenv(",
        "document.cookie", "cookiejar", "localstorage", "getpass", "clipboard", "pyperclip", "keyring.", ".aws/",
        "login data", "browser_cookie", "wallet.", ".env\"", "contacts.csv", "history.db", ".bash_history",
        "/private/",
        "/trash", "password.txt", "passwords.txt", "secrets.",
    ),
    "destroys": (
        "rm -rf", "rmtree(", "os.remove(", "os.unlink(", "unlinksync", "mkfs", "dd if=", "drop table",
        "drop database",
        "iptables", "/etc/hosts", "/etc/init", "/etc/cron", "shutdown -", "\"reboot\"", "os.kill", "kill -9",
        "taskkill",
        "crypto.cipher", "fernet(", "aes.new", ".encrypt(", "format c:", "delete from", "systemctl stop", "fork()",
        "winreg", "system32", "netsh ", ".truncate(", "os.rename(", "shutil.move(",
    ),
    "watches": (
        "pynput", "keyboard.", "keylog", "imagegrab", "pyautogui", "screenshot(", "videocapture", "sniff(", "pcap",
        "psutil.", "platform.system", "platform.platform", "platform.node", "platform.uname", "gethostname", "getmac",
        "ifconfig", "netstat", "usb.core", "bluetooth", "pyaudio", "sounddevice", "getusermedia", "onkeypress",
        "addeventlistener(\"key", "geolocation.", "/proc/", "nmap", "x11grab", "screencapture", "wmi.", "xsel",
        "xclip",
        "virtual_memory", "lsusb", "winmgmts",
    ),
}  # fmt: skip
"""What a block of code does to a machine or tells somebody, by the names that it has to use for it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A block `text[start:end]`, its marks included.

    Args:
        fenced: whether marks stand around it.
    """

    start: int
    end: int
    fenced: bool = True


def blocks(text: str) -> list[Code]:
    """The fenced blocks of a text, in order; one without an end goes on to the end of the text or JSON string."""
    if "```" not in text and "~~~" not in text:
        return []
    found: list[Code] = []
    start, mark = -1, ""
    for match in _FENCE.finditer(text):
        if start >= 0 and (match.group() == "\0" or match.group("mark").startswith(mark)):
            found.append(Code(start, match.start() if match.group() == "\0" else match.end()))
            start = -1
        elif start < 0 and match.group() != "\0":
            start, mark = match.start(), match.group("mark")
    return [*found, Code(start, len(text))] if start >= 0 else found


def announced(text: str, end: int, fences: Sequence[Code]) -> Code | None:
    """The code that directly follows `text[:end]`: a fenced block, or a few lines that look like code."""
    at = _next(text, end)
    for block in fences:
        if end - 1 <= block.start <= at:
            return block
    if "\n" not in text[end:at]:
        return None
    stop = at
    while stop < min(len(text), at + _LONGEST) and _LIKE_CODE.match(text, stop):
        line = text.find("\n", stop)
        stop = len(text) if line < 0 else line + 1
    return Code(at, stop, fenced=False) if stop > at else None


def slipped_in(text: str, start: int, end: int) -> Code | None:
    """The code after a sentence that stands within a block, whose first marks end that block for who counts them."""
    if text[end - 1 : end] != ":" or _LIKE_CODE.match(text, start):
        return None
    at = _next(text, end)
    mark = _FENCE.match(text, at)
    if mark is None or mark.group() == "\0":
        return None
    close = text.find(mark.group("mark"), mark.end(), mark.end() + _LONGEST)
    return Code(at, close if close >= 0 else min(len(text), at + _LONGEST))


def _next(text: str, end: int) -> int:
    at = end
    while at < len(text) and at < end + _GAP and text[at].isspace():
        at += 1
    return at


def present(lowered: str) -> dict[str, tuple[str, ...]]:
    """The names of each deed that a text has at all, so that its parts are only asked for those."""
    found = {kind: tuple(name for name in names if name in lowered) for kind, names in DEEDS.items()}
    return {kind: names for kind, names in found.items() if names}


def deeds(part: str, names: dict[str, tuple[str, ...]]) -> int:
    """How many kinds of deeds a part does, of those that `present` found."""
    return sum(any(name in part for name in of_kind) for of_kind in names.values())


def around(lowered: str, block: Code, announcing: int) -> str:
    """The document before and after a block, as far as it is near.

    Args:
        announcing: where the sentence before the block begins, which does not count as the document.
    """
    start = min(announcing, block.start)
    return lowered[max(0, start - _LONGEST) : start] + "\n" + lowered[block.end : block.end + _LONGEST]


def foreign(body: str, outside: str) -> float:
    """The share (0 to 1) of the names in a block that the document around it has not."""
    own = set(_NAME.findall(body[:_LONGEST]))
    return sum(name not in outside for name in own) / len(own) if own else 0.0
