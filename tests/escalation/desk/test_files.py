"""Files of members and of customers: hostile names and contents, the two doors, the two walls."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from conversations.events import frame, shown_to_customer
from conversations.files.kinds import (
    ENDINGS,
    MOST_BYTES,
    FileEmpty,
    FileKindRefused,
    FileTooLarge,
    clean_name,
    kind_of,
)
from conversations.files.queries import NoSuchFile
from conversations.models import Attachment
from conversations.visits import Visit
from core.offload import in_database
from core.scope import tenant_scope
from tests.escalation.desk.posts import does
from tests.escalation.desk.test_deeds import log_of
from tests.factories import Person, a_visit

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return made.getvalue()


TYPES = "[Content_Types].xml"
DOCX, XLSX = archive(TYPES, "word/document.xml"), archive(TYPES, "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "a.exe", "image/png"),
        (b"\xff\xd8\xff\xe0..", "a", "image/jpeg"),
        (b"GIF89a....", "a.gif", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        (b"%PDF-1.7 ...", "a.pdf", "application/pdf"),
        (b"a,b\n1,2\n", "A.CSV", "text/csv"),
        (b"<script>alert(1)</script>", "evil.html", "text/plain"),
        ("Grüße aus Łódź".encode(), "a.txt", "text/plain"),
        (DOCX, "a.zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (XLSX, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_is_what_its_content_is(content: bytes, name: str, kind: str) -> None:
    assert kind_of(content, name) == kind
    assert clean_name(name, kind).endswith(ENDINGS[kind])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        (b"x" * (MOST_BYTES + 1), FileTooLarge),
        (b"MZ\x90\x00\x03", FileKindRefused),
        (b"\x7fELF", FileKindRefused),
        (archive("a.txt"), FileKindRefused),
        (archive(TYPES, "word/document.xml", "word/vbaProject.bin"), FileKindRefused),
        (archive("word/document.xml"), FileKindRefused),
        (b"PK\x03\x04 but no zip", FileKindRefused),
        (DOCX[:40], FileKindRefused),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKindRefused),
        (b"text with \x00 in it", FileKindRefused),
        (b"\xff\xfeh\x00i\x00", FileKindRefused),
        (b"latin \xe9", FileKindRefused),
        (b"\x1f\x8b\x08gzip", FileKindRefused),
    ],
)
def test_what_is_no_file_of_the_list_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        kind_of(content, "picture.png")


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.exe.txt"),
        ("evil.html", "evil.html.txt"),
        ("invoice\u202etxt.exe", "invoicetxt.exe.txt"),
        ("a\x00b\r\nSet-Cookie: x=1.txt", "abSet-Cookie_ x=1.txt"),
        ('"><img src=x onerror=alert(1)>.txt', "___img src=x onerror=alert(1)_.txt"),
        ("con.txt", "file_con.txt"),
        ("....", "file.txt"),
        ("", "file.txt"),
        ("  .hidden  ", "hidden.txt"),
        ("re\u0301sume\u0301.txt", "résumé.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        ("报告.txt", "报告.txt"),
    ],
)
def test_a_name_keeps_nothing_that_could_hurt(name: str, cleaned: str) -> None:
    assert clean_name(name, "text/plain") == cleaned


@pytest.fixture
def visit(ana: Person) -> Visit:
    return a_visit(ana.tenant)


def a_browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def put(person: Person, visit: Visit, name: str = "map.png", content: bytes = PNG) -> Any:
    form = {"file": SimpleUploadedFile(name, content)}
    return a_browser(person).post(f"/desk/{visit.conversation}/files/", form)


def test_a_member_puts_a_file_up_and_sends_it_with_an_answer(visit: Visit, ben: Person) -> None:
    does(ben, "claim", visit)
    made = put(ben, visit, "../map.png")

    done = does(ben, "reply", visit, text="See here.", attachments=[made.json()["id"]])

    shown = shown_to_customer(frame(done.events[0]))["data"]["attachments"]
    assert made.status_code == 201
    assert shown == [{"id": made.json()["id"], "name": "map.png", "kind": "image/png", "size": len(PNG)}]
    with pytest.raises(NoSuchFile):
        does(ben, "reply", visit, text="Again.", attachments=[made.json()["id"]])
    assert [event.type for event in log_of(visit)].count("message") == 1


def test_a_file_is_given_out_to_be_saved_and_never_shown(visit: Visit, ben: Person) -> None:
    made = put(ben, visit, 'a"b.html', b"<script>alert(1)</script>").json()

    answer = a_browser(ben).get(f"/desk/{visit.conversation}/files/{made['id']}/")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == 'attachment; filename="a_b.html.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"


def test_the_members_door_refuses_in_words(visit: Visit, ana: Person, ben: Person, zoe: Person) -> None:
    address = f"/desk/{visit.conversation}/files/"

    refused = put(ben, visit, "a.png", b"MZ\x90\x00")
    missing = a_browser(ben).post(address)
    nobody = Client().post(address)
    hers = put(zoe, visit)

    told = [(one.status_code, one.json()["code"]) for one in (refused, missing, nobody, hers)]
    assert told == [
        (400, "file_kind_refused"),
        (400, "file_missing"),
        (401, "signed_out"),
        (404, "no_such_conversation"),
    ]
    with tenant_scope(visit.tenant_id):
        assert not Attachment.objects.exists()
    made = put(ana, visit).json()
    assert a_browser(zoe).get(f"{address}{made['id']}/").status_code == 404
    with pytest.raises(NoSuchFile):  # another's upload
        does(ben, "note", visit, text="x", attachments=[made["id"]])


async def sends(visit: Visit, token: str, **more: str) -> Any:
    form = {"file": SimpleUploadedFile("invoice.pdf", b"%PDF-1.7")}
    slug = more.pop("slug")
    address = f"/widget/{slug}/{visit.conversation}/files/"
    return await AsyncClient().post(address, form, headers={"Authorization": f"Bearer {token}", **more})


async def test_a_customer_sends_a_file_as_a_message_and_fetches_it(ana: Person, ben: Person) -> None:
    visit = await in_database(a_visit)(ana.tenant)
    await in_database(does)(ben, "claim", visit)

    sent = await sends(visit, visit.token, slug=ana.tenant.slug, Origin=f"https://{ana.tenant.slug}.example")

    told = json.loads(sent.content)
    assert (sent.status_code, told["name"], told["kind"]) == (201, "invoice.pdf", "application/pdf")
    assert sent["Access-Control-Allow-Origin"] == f"https://{ana.tenant.slug}.example"
    event = (await in_database(log_of)(visit))[-1]
    assert (event.author_kind, event.text, event.data["attachments"][0]["id"]) == (
        "customer",
        "[invoice.pdf]",
        told["id"],
    )
    address = f"/widget/{ana.tenant.slug}/{visit.conversation}/files/{told['id']}/"
    fetched = await AsyncClient().get(address, headers={"Authorization": f"Bearer {visit.token}"})
    assert (fetched.status_code, fetched.content) == (200, b"%PDF-1.7")
    assert fetched["Content-Disposition"] == 'attachment; filename="invoice.pdf"'


async def test_the_customers_door_opens_with_the_conversations_token_alone(
    ana: Person, ben: Person, zoe: Person
) -> None:
    visit, other = await in_database(a_visit)(ana.tenant), await in_database(a_visit)(ana.tenant)
    hers = await in_database(a_visit)(zoe.tenant)
    slug = ana.tenant.slug

    wrong = [
        await sends(visit, "", slug=slug),
        await sends(visit, "nonsense", slug=slug),
        await sends(visit, hers.token, slug=slug),
        await sends(visit, other.token, slug=slug),
        await sends(visit, hers.token, slug=zoe.tenant.slug),
        await sends(visit, visit.token, slug=slug, Origin="https://evil.example"),
    ]

    assert [json.loads(one.content)["code"] for one in wrong] == [
        "token_missing", "bad_token", "bad_token", "no_such_conversation", "no_such_conversation", "origin_refused",
    ]  # fmt: skip
    assert await in_database(log_of)(visit) == []


def test_what_hangs_on_a_note_does_not_exist_for_the_customer(visit: Visit, ana: Person, ben: Person) -> None:
    made = put(ben, visit).json()
    does(ben, "note", visit, text="Her map.", attachments=[made["id"]])
    address = f"/widget/{ana.tenant.slug}/{visit.conversation}/files/{made['id']}/"

    answer = Client().get(address, headers={"Authorization": f"Bearer {visit.token}"})

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_file")
