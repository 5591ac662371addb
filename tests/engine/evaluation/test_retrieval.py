"""`manage.py evaluate retrieval`: what it writes, prints and leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Tenant
from tests.engine.knowledge import bicycles

# Longer than a document's name may be, and with a blank that a name would lose.
_ID = "d{}  " + "x" * 300


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    rows = [
        {"doc_id": _ID.format(number), "title": "", "question": question, "text": answer}
        for number, (question, answer) in enumerate(bicycles.PAIRS)
    ]
    return _lines(tmp_path / "docs.jsonl", rows)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    rows = [
        {"query_id": f"q{number}", "query": asked, "relevant": [_ID.format(place)]}
        for number, (asked, place) in enumerate(bicycles.ASKED)
    ]
    return _lines(tmp_path / "queries.jsonl", [*rows, {"query_id": "unanswered", "query": "sourdough bread"}])


def _lines(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    return path


def test_documents_are_ranked_for_every_question_and_nothing_stays(
    documents: Path, queries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    before = Tenant.objects.filter(slug__startswith="scratch-").count()

    call_command("evaluate", "retrieval", str(documents), str(queries), "--out", str(out))

    written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["query_id"] for row in written] == [f"q{n}" for n in range(6)] + ["unanswered"]
    assert [row["ranked"][0] for row in written[:6]] == [_ID.format(place) for _, place in bicycles.ASKED]
    assert all(len(row["ranked"]) == len(bicycles.PAIRS) for row in written)
    assert "answer 6  hit@1 1.000  hit@5 1.000  MRR 1.000" in capsys.readouterr().out
    assert Tenant.objects.filter(slug__startswith="scratch-").count() == before


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "docs.jsonl line 2: not JSON"),
        ("[]", "docs.jsonl line 2: not a JSON object"),
        ('{"doc_id": "x"}', "docs.jsonl line 2: text must be a text"),
        ('{"doc_id": 7, "text": "x"}', "docs.jsonl line 2: doc_id must be a text"),
        ('{"doc_id": "x", "text": "\\u0007"}', "docs.jsonl line 2: text must be a text"),
    ],
)
def test_a_bad_line_is_named(
    documents: Path, queries: Path, tmp_path: Path, line: str, complaint: str
) -> None:
    first = documents.read_text(encoding="utf-8").splitlines()[0]
    documents.write_text(f"{first}\n{line}\n", encoding="utf-8")

    with pytest.raises(CommandError, match=complaint):
        call_command("evaluate", "retrieval", str(documents), str(queries), "--out", str(tmp_path / "out"))


def test_a_missing_file_is_named(queries: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.jsonl"):
        call_command(
            "evaluate",
            "retrieval",
            str(tmp_path / "nowhere.jsonl"),
            str(queries),
            "--out",
            str(tmp_path / "o"),
        )


def test_a_document_listed_twice_is_named(documents: Path, queries: Path, tmp_path: Path) -> None:
    first = documents.read_text(encoding="utf-8").splitlines()[0]
    documents.write_text(f"{first}\n{first}\n", encoding="utf-8")

    with pytest.raises(CommandError, match=r"line 2: doc_id .* was there before"):
        call_command("evaluate", "retrieval", str(documents), str(queries), "--out", str(tmp_path / "out"))
