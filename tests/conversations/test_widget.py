"""The widget's module as a customer's browser on a foreign page fetches it."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse
from django.test import Client

from conversations.views import PARTS, WIDGET, widget_module

STABLE = "/widget/support-chat.js"


def get(path: str = STABLE, **headers: str) -> HttpResponse:
    return Client().get(path, headers=headers)  # type: ignore[return-value]


def test_any_page_may_load_the_module() -> None:
    answer = get(origin="https://shop.example")

    assert answer.status_code == 200
    assert answer.content == WIDGET.read_bytes()
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies


@pytest.mark.parametrize("part", PARTS)
def test_its_parts_are_served_beside_it(part: str) -> None:
    answer = get(f"/widget/support-chat-{part}.js", origin="https://shop.example")

    assert answer.content == WIDGET.with_name(f"support-chat-{part}.js").read_bytes()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert get("/widget/support-chat-secrets.js").status_code == 404


def test_it_is_zipped_for_who_accepts_it() -> None:
    zipped = get(**{"accept-encoding": "br, gzip"})
    refused = get(**{"accept-encoding": "gzip;q=0"})

    assert gzip.decompress(zipped.content) == WIDGET.read_bytes()
    assert zipped["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped["Vary"]
    assert not refused.has_header("Content-Encoding")
    assert zipped["ETag"] != refused["ETag"]


def test_who_has_it_already_gets_no_body() -> None:
    etag = get()["ETag"]

    again, other = get(**{"if-none-match": f'"other", {etag}'}), get(**{"if-none-match": '"other"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    assert other.status_code == 200


def test_the_address_of_its_content_is_kept_for_ever() -> None:
    digest = widget_module().digest

    answer = get(f"/widget/support-chat.{digest}.js")
    gone = get(f"/widget/support-chat.{'0' * 16}.js")

    assert answer.content == WIDGET.read_bytes()
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gone.status_code == 404
