"""Which addresses a tool may be reached at.

Invariant: a name is looked up once, every address it stands for must be public, and only those are connected to.
What can hide an IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is refused as a whole: a tool's
server has no need of it. Ranges: the IANA special-purpose address registries (RFC 6890), RFC 6052, RFC 8215.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import idna
from django.conf import settings

from engine.tools.errors import AddressRefused, ToolUnreachable

MOST_URL = 8_000
_MOST_ADDRESSES = 16
_MOST_LOOKUPS = 32
_MOST_HOST = 253
_PORTS = {"https": 443, "http": 80}
_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]{2,45}\]|[^\s/?#@:\\\[\]%]{1,253})"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!\"$->@-\[\]-~]*)?"
    r"(?P<query>\?[!\"$-~]*)?",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"(?P<below>\.?)(?P<host>\[[^\[\]]+\]|[^.:\[\]][^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOPBACK_4 = ip_network("127.0.0.0/8")
_LOOPBACK_6 = ip_address("::1")

_REFUSED_4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # "this" network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; Alibaba's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host
        "169.254.0.0/16",  # link-local; metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_6 = ip_network("2000::/3")
_REFUSED_6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL in its parts; `host` is ASCII and without brackets, `query` without its mark."""

    scheme: str
    host: str
    port: int
    path: str = "/"
    query: str = ""

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.authority}{self.path}{query}"


def check_url(url: str, *, hosts: Collection[str]) -> Target:
    """What a tool's URL names, when it may be called. Nothing is looked up here.

    Args:
        url: absolute and percent-encoded; https, or http to loopback where `TOOLS_ALLOW_LOOPBACK` is on.
        hosts: the tenant's: `api.example.com`, `.example.com` for what is below it, and with
            a port (`api.example.com:8443`) where it is not the scheme's own.

    Raises:
        AddressRefused: saying what is wrong with it, without repeating it.
    """
    match = _URL.fullmatch(url) if len(url) <= MOST_URL else None
    if match is None:
        raise AddressRefused("A tool's URL has to be absolute, with https, a host and no user name.")
    scheme = match["scheme"].lower()
    host = plain_host(match["host"])
    port = int(match["port"] or _PORTS[scheme])
    if scheme == "http" and not (settings.TOOLS_ALLOW_LOOPBACK and _is_loopback(host)):
        raise AddressRefused("A tool's URL has to start with https.")
    target = Target(scheme, host, port, match["path"] or "/", (match["query"] or "?")[1:])
    if not _is_listed(target, hosts):
        raise AddressRefused(f"{target.authority} is not one of the hosts this tenant's tools may call.")
    return target


def plain_host(host: str) -> str:
    """A host name or literal address in its one ASCII spelling, in lower case and without brackets.

    Raises:
        AddressRefused: no host, or an address in a disguise (decimal, octal, hexadecimal, shortened).
    """
    if host.startswith("[") and ":" in host:
        return str(_literal(host.strip("[]")))
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise AddressRefused("The host's name is not valid.") from error
    labels = name.lower().removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return str(_literal(name))
    if len(name) > _MOST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("The host's name is not valid.")
    return ".".join(labels)


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether a tool may be at this address; False also for what is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _REFUSED_4)
    return ip.scope_id is None and ip in _PUBLIC_6 and not any(ip in block for block in _REFUSED_6)


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host, all of them checked, in the resolver's order.

    Raises:
        AddressRefused: one of them at least is not public.
        ToolUnreachable: the name is not known, or the resolver does not answer.
    """
    addresses = await _addresses(host, port)
    for address in addresses:
        if not is_public(address) and not (settings.TOOLS_ALLOW_LOOPBACK and _is_loopback(address)):
            raise AddressRefused("The tool's host leads into a private network, which may not be called.")
    return addresses[:_MOST_ADDRESSES]


async def _addresses(host: str, port: int) -> tuple[str, ...]:
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        return (str(_literal(host)),)
    try:
        found = await asyncio.get_running_loop().run_in_executor(_lookups(), _look_up, host, port)
    except (OSError, UnicodeError) as error:
        raise ToolUnreachable("The tool's host is not known.") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise ToolUnreachable("The tool's host is not known.")
    return addresses


@cache
def _lookups() -> ThreadPoolExecutor:
    """Threads of its own: a name server that doesn't answer holds up nothing else that needs a thread."""
    return ThreadPoolExecutor(max_workers=_MOST_LOOKUPS, thread_name_prefix="tool-lookup")


def _look_up(host: str, port: int) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)


def _literal(text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(text)
    except ValueError as error:
        raise AddressRefused("The host's address is not valid.") from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        ip = ip_address(host)
    except ValueError:
        return False
    return ip in _LOOPBACK_4 if isinstance(ip, IPv4Address) else ip == _LOOPBACK_6


def _is_listed(target: Target, hosts: Collection[str]) -> bool:
    usual = target.port == _PORTS[target.scheme]
    return any(entry is not None and entry.covers(target, usual) for entry in map(_read_entry, hosts))


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    port: int
    below: bool

    def covers(self, target: Target, usual: bool) -> bool:
        if self.port != target.port and not (usual and not self.port):
            return False
        return target.host.endswith(f".{self.name}") if self.below else target.host == self.name


@lru_cache(maxsize=4096)
def _read_entry(text: str) -> _Entry | None:
    match = _ENTRY.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return _Entry(plain_host(match["host"]), int(match["port"] or 0), bool(match["below"]))
    except AddressRefused:
        return None
