"""A body that is too large is refused by the real server, before it is kept."""

from __future__ import annotations

import http.client
import json

from django.conf import settings

from tests.servers import LiveServer

MEGABYTE = 1024 * 1024
MOST = settings.REQUEST_MAX_BYTES
FORM = "multipart/form-data; boundary=x"
API = "/api/v1/knowledge/documents"


def _to(server: LiveServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)


def _is_refused(answer: http.client.HTTPResponse) -> bool:
    assert answer.headers["Connection"] == "close"
    return answer.status == 413 and json.loads(answer.read())["code"] == "body_too_large"


def test_a_body_announced_as_too_large_is_refused(live_server: LiveServer) -> None:
    connection = _to(live_server)
    connection.request("POST", API, b"a" * (MOST + 1), {"Content-Type": FORM})

    assert _is_refused(connection.getresponse())


def test_a_body_that_grows_too_large_unannounced_is_refused(live_server: LiveServer) -> None:
    connection = _to(live_server)
    chunks = (b"a" * MEGABYTE for _ in range(MOST // MEGABYTE + 1))
    connection.request("POST", API, chunks, {"Content-Type": FORM}, encode_chunked=True)

    assert _is_refused(connection.getresponse())


def test_a_body_of_just_the_limit_reaches_the_room(live_server: LiveServer) -> None:
    connection = _to(live_server)
    connection.request("POST", API, b" " * MOST, {"Content-Type": FORM})

    assert connection.getresponse().status == 401


def test_a_length_that_is_no_number_does_not_pass_as_small(live_server: LiveServer) -> None:
    connection = _to(live_server)
    connection.putrequest("POST", API)
    connection.putheader("Content-Length", "-5")
    connection.endheaders()

    assert connection.getresponse().status == 400
