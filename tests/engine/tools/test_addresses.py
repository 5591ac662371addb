"""Where a tool may lead, and every disguise in which a private address comes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from engine.tools.addresses import MOST_URL, Target, check_url, is_public, resolve
from engine.tools.errors import AddressRefused, ToolUnreachable
from tests.engine.tools.outside import resolver

PRIVATE = {
    "this network": "0.0.0.0",
    "this network, further on": "0.1.2.3",
    "private a": "10.1.2.3",
    "private b": "172.31.255.254",
    "private c": "192.168.0.1",
    "loopback": "127.0.0.1",
    "loopback, further on": "127.8.9.10",
    "link-local and metadata": "169.254.169.254",
    "carrier's NAT": "100.64.0.1",
    "Alibaba's metadata": "100.100.100.200",
    "Oracle's metadata": "192.0.0.192",
    "Azure's host": "168.63.129.16",
    "benchmarks": "198.18.0.1",
    "documentation": "203.0.113.9",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.251",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified": "::",
    "loopback 6": "::1",
    "IPv4-compatible": "::127.0.0.1",
    "IPv4-mapped": "::ffff:127.0.0.1",
    "IPv4-mapped private": "::ffff:a00:1",
    "IPv4-mapped public": "::ffff:93.184.215.14",
    "IPv4-translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64 of metadata": "64:ff9b::a9fe:a9fe",
    "local NAT64": "64:ff9b:1::a00:1",
    "6to4": "2002:7f00:1::",
    "Teredo": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "ORCHID": "2001:20::1",
    "documentation 6": "2001:db8::1",
    "newer documentation 6": "3fff::1",
    "unique local": "fd12:3456::1",
    "Amazon's metadata 6": "fd00:ec2::254",
    "link-local 6": "fe80::1",
    "with a zone": "fe80::1%eth0",
    "public with a zone": "2606:4700::1111%eth0",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "segment routing": "5f00::1",
    "discard": "100::1",
    "no address": "example.com",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE.keys())
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::1"])
def test_what_is_public_is_not(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=6))
def test_no_address_of_the_sixth_version_outside_global_unicast_is_public(address: object) -> None:
    assert not is_public(str(address)) or str(address)[0] in "23"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.1", "127.0.0.1.", "0x7f.0.0.0x1",
        "127.0.0.256", "1.2.3", "[127.0.0.1]", "[::1%25lo]", "[::1", "exa mple.com", "a..b", "", "-a.example",
        "user@api.example", "user:pw@api.example", "api.example\\@evil.example", "api%2eexample", "a" * 64 + ".xyz",
        ".".join(["a" * 60] * 5),
        "api.example:", "api.example:99999999", "api.example:-1", "a\tb.example", "a.example\r\nb",
    ],
)  # fmt: skip
def test_a_disguised_or_broken_host_is_refused_however_generous_the_list(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(
            f"https://{host}/", hosts=(host, f".{host}", "127.0.0.1", ".example", ".com", "::1", "[::1]")
        )


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example/", "ftp://api.example/", "file:///etc/passwd", "gopher://api.example/", "//api.example/",
        "api.example", "https:/api.example/", "https:///api.example", "HTTPS:api.example", "https://api.example/#x",
        "https://api.example/a b", "https://api.example/\r\nX: y", "https://api.example/é", "https://api.example:8443/",
        "https://api.example:80/", "https://sub.api.example/", "https://api.example.evil.test/", "https://evilapi.example/",
        "https://api.example/" + "a" * MOST_URL, " https://api.example/",
    ],
)  # fmt: skip
def test_only_https_to_a_listed_host_at_its_own_port_is_let_through(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, hosts=("api.example",))


def test_a_listed_url_comes_back_in_its_parts() -> None:
    assert check_url("https://API.example./v1/x?y=z", hosts=("api.example",)) == Target(
        "https", "api.example", 443, "/v1/x", "y=z"
    )
    assert (
        check_url("https://bücher.example", hosts=("xn--bcher-kva.example",)).url
        == "https://xn--bcher-kva.example/"
    )
    assert (
        check_url("https://api.example:8443/x", hosts=("api.example:8443",)).authority == "api.example:8443"
    )
    assert check_url("https://a.b.example/", hosts=(".b.example",)).host == "a.b.example"
    assert (
        check_url("https://[2606:4700::1111]/", hosts=("[2606:4700::1111]",)).authority == "[2606:4700::1111]"
    )


def test_what_is_below_a_listed_domain_is_not_the_domain_itself() -> None:
    with pytest.raises(AddressRefused):
        check_url("https://b.example/", hosts=(".b.example",))
    with pytest.raises(AddressRefused):
        check_url("https://ab.example/", hosts=(".b.example",))


def test_loopback_without_https_is_for_those_who_allow_it_and_list_it(settings: Settings) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True
    assert check_url("http://127.0.0.1:8001/x", hosts=("127.0.0.1:8001",)).port == 8001
    assert check_url("http://[::1]:8001/x", hosts=("[::1]:8001",)).url == "http://[::1]:8001/x"

    for url in (
        "http://127.0.0.1:8002/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example/",
        "http://api.example/",
    ):
        with pytest.raises(AddressRefused):
            check_url(url, hosts=("127.0.0.1:8001", "10.0.0.1", ".example"))

    settings.TOOLS_ALLOW_LOOPBACK = False
    with pytest.raises(AddressRefused):
        check_url("http://127.0.0.1:8001/x", hosts=("127.0.0.1:8001",))


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_is_written_is_let_through_or_refused_by_name(url: str, entry: str) -> None:
    for one in (url, f"https://{url}", f"https://a.example/{url}"):
        with suppress(AddressRefused):
            assert check_url(one, hosts=(entry, "a.example")).url.startswith("https://")


@pytest.mark.parametrize("address", [*PRIVATE.values()][:-1], ids=[*PRIVATE][:-1])
async def test_one_private_address_refuses_the_whole_host(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolver(monkeypatch, ["93.184.215.14", address, "2606:4700::1111"])

    with pytest.raises(AddressRefused):
        await resolve("shop.example", 443)


async def test_a_literal_address_is_checked_without_a_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolver(monkeypatch, [])

    assert await resolve("93.184.215.14", 443) == ("93.184.215.14",)
    for host in ("10.0.0.1", "::1", "::ffff:7f00:1"):
        with pytest.raises(AddressRefused):
            await resolve(host, 443)
    assert asked == []


async def test_public_addresses_come_back_once_each_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, ["2606:4700::1111", "93.184.215.14", "2606:4700::1111"])

    assert await resolve("shop.example", 443) == ("2606:4700::1111", "93.184.215.14")


async def test_an_unknown_name_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, [])

    with pytest.raises(ToolUnreachable):
        await resolve("nowhere.example", 443)


async def test_loopback_is_open_only_where_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True
    resolver(monkeypatch, ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["::ffff:127.0.0.1"])

    assert await resolve("one.example", 80) == ("127.0.0.1",)
    assert await resolve("two.example", 80) == ("::1",)
    for host in ("three.example", "four.example"):
        with pytest.raises(AddressRefused):
            await resolve(host, 80)
