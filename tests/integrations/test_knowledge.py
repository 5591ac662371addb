"""Knowledge over the API: added as text and as a file, searched, removed."""

import httpx2 as httpx
import pytest

from core.scope import tenant_scope
from engine.knowledge.models import Document
from tests.factories import Person
from tests.integrations.callers import code_of, there

RETURNS = {"name": "returns.md", "text": "# Returns\n\nParcels may be sent back within 30 days of delivery."}
QUESTION = {"query": "How long may I send a parcel back?"}


def add(api: httpx.Client, **fields: str) -> httpx.Response:
    return api.post("knowledge/documents", json=RETURNS | fields)


def test_a_text_is_added_read_and_found(api: httpx.Client) -> None:
    made = add(api, url="https://shop.example/returns", source="Help pages")

    assert made.status_code == 201
    document = made.json()
    assert (document["status"], document["version"], document["is_current"]) == ("ready", 1, True)
    assert (document["source"], document["title"]) == ("Help pages", "Returns")
    read = api.get(there(api, made.headers["location"])).json()
    assert "30 days" in read.pop("text")
    assert read == document
    found = api.post("knowledge/search", json=QUESTION).json()["passages"]
    assert found[0]["document"] == document["id"]
    assert found[0]["url"] == "https://shop.example/returns"
    assert "30 days" in found[0]["text"]
    assert 0 < found[0]["score"] <= 1


def test_a_file_is_added(api: httpx.Client) -> None:
    file = ("returns.html", b"<h1>Returns</h1><p>Parcels may be sent back within 30 days.</p>", "text/html")

    made = api.post("knowledge/documents", files={"file": file}, data={"title": "Sending back"})

    assert made.status_code == 201
    assert (made.json()["kind"], made.json()["title"]) == ("html", "Sending back")


def test_the_same_name_is_the_next_version_and_the_same_content_changes_nothing(api: httpx.Client) -> None:
    first, again = add(api).json(), add(api).json()
    second = add(api, text="# Returns\n\nParcels may be sent back within 60 days.").json()

    assert again == first
    assert (second["version"], second["is_current"]) == (2, True)
    assert api.get(f"knowledge/documents/{first['id']}").json()["is_current"] is False


def test_a_large_text_waits_for_a_worker(api: httpx.Client, ana: Person) -> None:
    made = add(api, text="# Long\n\n" + "A sentence about parcels. " * 4000)

    assert made.status_code == 202
    assert made.json()["status"] == "pending"


def test_a_list_is_walked_while_its_documents_are_removed(api: httpx.Client) -> None:
    made = [
        add(api, name=f"{number}.md", text=f"# Page {number}\n\nWords.").json()["id"] for number in range(3)
    ]

    seen, cursor = [], ""
    while cursor is not None:
        page = api.get("knowledge/documents", params={"limit": 1, "cursor": cursor}).json()
        for item in page["items"]:
            seen.append(item["id"])
            assert api.delete(f"knowledge/documents/{item['id']}").status_code == 204
        cursor = page["next_cursor"]

    assert seen == made
    assert api.get("knowledge/documents").json() == {"items": [], "next_cursor": None}


def test_what_is_removed_is_found_no_more(api: httpx.Client) -> None:
    document = add(api).json()["id"]

    assert api.delete(f"knowledge/documents/{document}").status_code == 204

    assert code_of(api.get(f"knowledge/documents/{document}")) == (404, "document_not_found")
    assert code_of(api.delete(f"knowledge/documents/{document}")) == (404, "document_not_found")
    assert api.post("knowledge/search", json=QUESTION).json() == {"passages": []}


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("empty.md", b"", (400, "invalid_fields")),
        ("scan.pdf", b"%PDF-1.7\nnot really", (422, "document_corrupt")),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, (422, "document_type_unknown")),
        ("bytes.txt", b"\xff\xfe\x00\x01\x02\x00\x00\xff" * 9, None),
    ],
)
def test_a_file_that_cannot_be_read_has_a_code_and_leaves_nothing(
    api: httpx.Client, ana: Person, name: str, content: bytes, expected: tuple[int, str] | None
) -> None:
    refused = api.post("knowledge/documents", files={"file": (name, content)})

    if expected is None:
        assert code_of(refused)[0] in {400, 422}
    else:
        assert code_of(refused) == expected
    with tenant_scope(ana.tenant.pk):
        assert not Document._default_manager.exists()


def test_a_file_too_large_is_refused(api: httpx.Client) -> None:
    for size in (20 * 1024 * 1024 + 1, 26 * 1024 * 1024):
        refused = api.post("knowledge/documents", files={"file": ("large.txt", b"a" * size)})
        assert code_of(refused)[0] == 413


def test_a_search_has_limits(api: httpx.Client) -> None:
    for wrong in ({"query": ""}, {"query": "a" * 1001}, {"query": "a", "k": 0}, {"query": "a", "k": 21}, {}):
        assert code_of(api.post("knowledge/search", json=wrong)) == (400, "invalid_fields")
