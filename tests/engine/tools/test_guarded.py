"""The client that tools are called with, against real servers on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ssl
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from engine.tools import guarded
from engine.tools.errors import AddressRefused, ToolRefused, ToolResultInvalid, ToolUnreachable
from tests.engine.tools.outside import in_turn, resolver, said, serving

TIMEOUT = 20.0


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = True


async def test_a_host_that_is_not_listed_is_not_connected_to() -> None:
    async with serving(said("{}")) as server, guarded.client(hosts=(), timeout=TIMEOUT) as client:
        with pytest.raises(AddressRefused):
            await client.get(server.url)

        assert server.heard == []


async def test_a_private_address_is_not_connected_to_where_loopback_is_not_allowed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOOLS_ALLOW_LOOPBACK = False
    resolver(monkeypatch, ["127.0.0.1"])

    async with serving(said("{}")) as server:
        for name in ("shop.example", "127.0.0.1", "localhost"):
            host = f"{name}:{server.port}"
            async with guarded.client(hosts=(host,), timeout=TIMEOUT) as client:
                with pytest.raises(AddressRefused):
                    await client.get(f"https://{host}/")

        assert server.heard == []


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
async def test_a_redirect_is_refused_and_not_followed(status: int) -> None:
    answer = said(status=status, Location="http://169.254.169.254/latest/meta-data/")

    async with (
        serving(answer) as server,
        guarded.client(hosts=(server.host, "169.254.169.254"), timeout=TIMEOUT) as client,
    ):
        with pytest.raises(ToolRefused, match="redirect"):
            await client.get(server.url)

        assert len(server.heard) == 1


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A server's TLS for shop.example, signed by one whom the platform is told to believe."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*plain))
    (tmp_path / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    guarded._authorities.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    yield context
    guarded._authorities.cache_clear()


async def test_a_name_is_looked_up_once_and_its_first_answer_connected_to(
    authority: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolver(monkeypatch, ["127.0.0.1"], ["10.9.8.7"])
    named: list[str | None] = []
    authority.sni_callback = lambda _socket, name, _context: named.append(name)

    async with serving(said('"hello"'), ssl=authority) as server:
        host = f"shop.example:{server.port}"
        async with guarded.client(hosts=(host,), timeout=TIMEOUT) as client:
            answer = await client.get(f"https://{host}/x")
            again = await client.get(f"https://{host}/y")
            await guarded.close_connections()
            with pytest.raises(AddressRefused):
                await client.get(f"https://{host}/z")

        assert (answer.json(), again.json()) == ("hello", "hello")
        assert asked == ["shop.example", "shop.example"]
        assert named == ["shop.example"]
        assert [heard.headers["host"] for heard in server.heard] == [host, host]


async def test_another_hosts_certificate_is_not_believed(
    authority: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver(monkeypatch, ["127.0.0.1"])

    async with serving(said("{}"), ssl=authority) as server:
        host = f"bank.example:{server.port}"
        async with guarded.client(hosts=(host,), timeout=TIMEOUT) as client:
            with pytest.raises(httpx2.ConnectError):
                await client.get(f"https://{host}/")

        assert server.heard == []


async def test_an_address_that_does_not_answer_leaves_the_next_one_to_be_tried(
    authority: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver(monkeypatch, ["::1", "127.0.0.1"])

    async with serving(said("1"), ssl=authority) as server:
        host = f"shop.example:{server.port}"
        async with guarded.client(hosts=(host,), timeout=TIMEOUT) as client:
            assert (await client.get(f"https://{host}/")).json() == 1


async def test_a_name_that_nobody_knows_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, [])

    async with guarded.client(hosts=("shop.example",), timeout=TIMEOUT) as client:
        with pytest.raises(ToolUnreachable):
            await client.get("https://shop.example/")


async def test_no_proxy_and_no_cookie_is_taken_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    answer = said("{}", Set_Cookie="session=of-another-tenant; Path=/")

    async with (
        serving(answer) as server,
        guarded.client(hosts=(server.host,), timeout=TIMEOUT, headers={"X-Own": "1"}) as client,
    ):
        await client.get(server.url)
        await client.get(server.url)

        assert ["cookie" in heard.headers for heard in server.heard] == [False, False]
        assert server.heard[0].headers["accept-encoding"] == "identity"
        assert server.heard[0].headers["user-agent"] == "Switchboard"
        assert server.heard[0].headers["x-own"] == "1"


def bomb() -> bytes:
    """40 MB of zeros in some 40 kB."""
    return gzip.compress(b"\0" * 40_000_000, 9, mtime=0)


@pytest.mark.parametrize("packed", [bomb(), gzip.compress(b"0" * 5000, mtime=0), zlib.compress(b"0" * 5000)])
async def test_what_is_packed_is_counted_unpacked(packed: bytes) -> None:
    async with (
        serving(said(packed, Content_Encoding="gzip")) as server,
        guarded.client(hosts=(server.host,), timeout=TIMEOUT) as client,
        client.stream("GET", server.url) as response,
    ):
        with pytest.raises(ToolResultInvalid):
            await guarded.read_limited(response, 4999)


async def test_a_client_that_reads_everything_is_bounded_too() -> None:
    async with (
        serving(said(bomb(), Content_Encoding="gzip")) as server,
        guarded.client(hosts=(server.host,), timeout=TIMEOUT, most_bytes=1_000_000) as client,
    ):
        with pytest.raises(ToolResultInvalid):
            await client.get(server.url)


async def test_a_packed_answer_that_fits_is_read() -> None:
    async with (
        serving(said(gzip.compress(b"0" * 5000, mtime=0), Content_Encoding="gzip")) as server,
        guarded.client(hosts=(server.host,), timeout=TIMEOUT) as client,
        client.stream("GET", server.url) as response,
    ):
        assert await guarded.read_limited(response, 5000) == b"0" * 5000


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"x"),
        ("gzip, gzip", b"x"),
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"0" * 5000, mtime=0)[:-9]),
    ],
)
async def test_what_cannot_be_unpacked_is_no_answer(encoding: str, body: bytes) -> None:
    async with (
        serving(said(body, Content_Encoding=encoding)) as server,
        guarded.client(hosts=(server.host,), timeout=TIMEOUT) as client,
    ):
        with pytest.raises(ToolResultInvalid):
            await client.get(server.url)


async def test_connections_are_shared_by_clients_and_outlive_them() -> None:
    ports: list[int] = []

    async def note(_heard: object, writer: asyncio.StreamWriter) -> None:
        ports.append(writer._writer.get_extra_info("peername")[1])  # type: ignore[attr-defined]
        writer.write(said("{}"))

    async with serving(note) as server:
        for _ in range(3):
            async with guarded.client(hosts=(server.host,), timeout=TIMEOUT) as client:
                await client.get(server.url)

    assert len(ports) == 3
    assert len(set(ports)) == 1


def test_connections_end_with_their_loop() -> None:
    async def once() -> None:
        async with (
            serving(in_turn(said("{}"))) as server,
            guarded.client(hosts=(server.host,), timeout=9) as client,
        ):
            await client.get(server.url)
            assert asyncio.get_running_loop() in guarded._shared

    async def leave_open() -> None:
        await guarded._open_pool()

    asyncio.run(once())
    asyncio.run(leave_open())

    assert not [loop for loop in guarded._shared if loop.is_closed()]
