"""Rooms of the API about knowledge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from engine.knowledge import intake, queries, services
from engine.knowledge.extract.errors import DocumentTooLarge
from engine.knowledge.extract.sections import MAX_BYTES
from engine.knowledge.models import Document as Version
from engine.knowledge.models import SourceKind, Status
from engine.knowledge.services import Upload
from integrations.api import serializers as forms
from integrations.api.authentication import Machine
from integrations.api.cursors import Cursors
from integrations.api.once import once
from integrations.api.parsing import StrictJSONParser
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from tenants.roles import Scope

READ, WRITE = Scope.READ_KNOWLEDGE, Scope.WRITE_KNOWLEDGE
TEXT = {
    "name": "returns.md",
    "text": "# Returns\n\nYou may send everything back within 30 days.",
    "url": "https://shop.example/returns",
}


class Documents(Room):
    """All documents."""

    scopes = {"GET": READ, "POST": WRITE}
    parser_classes = [StrictJSONParser, MultiPartParser]

    @Described(
        "List documents, the oldest first",
        id="knowledge_documents_list",
        query=forms.ListedSerializer,
        answers={200: forms.DocumentsSerializer},
        problems=(400,),
        description="All versions of them; `is_current` marks those that are searched.",
    )
    def get(self, request: MachineRequest) -> Response:
        listed = forms.checked(forms.ListedSerializer, request.query_params)
        cursors, limit = Cursors(request.user.tenant_id, "documents"), listed["limit"]
        rows = queries.list_documents(
            request.user.tenant_id, after=cursors.read(listed["cursor"]) or 0, limit=limit + 1
        )
        following = cursors.write(rows[limit - 1].pk) if len(rows) > limit else None
        return Response(forms.DocumentsSerializer({"items": rows[:limit], "next_cursor": following}).data)

    @Described(
        "Add a document, or a new version of one",
        request={
            "application/json": forms.DocumentTextSerializer,
            "multipart/form-data": forms.DocumentFileSerializer,
        },
        answers={201: forms.DocumentSerializer, 202: forms.DocumentSerializer},
        example=TEXT,
        named=True,
        description=(
            "As a file (Markdown, HTML, PDF, DOCX, TXT, CSV of question and answer; at most 20 MB) or as text. "
            "The same name in the same source is the next version; the same content again changes nothing. Up to "
            "64 KiB it is read at once (201); larger ones are read by a worker (202): look at `status`."
        ),
    )
    @once(in_one_transaction=False)
    def post(self, request: MachineRequest) -> Response:
        is_file = request.content_type.startswith("multipart/")
        form = forms.DocumentFileSerializer if is_file else forms.DocumentTextSerializer
        asked = forms.checked(form, request.data)
        document = _add(request.user, upload_of(asked), asked["source"])
        location = reverse("api:document", [document.public_id])
        status = 202 if document.status == Status.PENDING else 201
        shown = forms.DocumentSerializer(document).data
        return Response(shown, status=status, headers={"Location": location})


def upload_of(asked: dict[str, Any]) -> Upload:
    """A file or a text as knowledge takes it.

    Raises:
        DocumentTooLarge
    """
    file = asked.get("file")
    if file is None:
        return Upload(asked["name"], asked["text"], asked["title"], asked["url"])
    if file.size > MAX_BYTES:
        raise DocumentTooLarge
    return Upload(file.name, file.read(), asked["title"], asked["url"])


def _add(machine: Machine, upload: Upload, source_name: str) -> Version:
    source = services.ensure_source(
        tenant_id=machine.tenant_id, name=source_name, kind=SourceKind.API, actor=machine.actor
    )
    add = services.add_document if len(upload.bytes) <= intake.INLINE_BYTES else intake.queue_document
    document = add(tenant_id=machine.tenant_id, actor=machine.actor, source=source, upload=upload)
    document.source = source
    return document


class Document(Room):
    """One version of a document."""

    scopes = {"GET": READ, "DELETE": WRITE}

    @Described("Read a document", answers={200: forms.DocumentDetailSerializer}, problems=(404,))
    def get(self, request: MachineRequest, document_id: UUID) -> Response:
        found = queries.get_document(request.user.tenant_id, document_id)
        return Response(forms.DocumentDetailSerializer(found).data)

    @Described("Remove a document with all its versions", answers={204: None}, problems=(404,))
    def delete(self, request: MachineRequest, document_id: UUID) -> Response:
        services.delete_document(
            tenant_id=request.user.tenant_id, actor=request.user.actor, public_id=document_id
        )
        return Response(status=204)


class Search(Room):
    """Passages that answer a question."""

    scopes = {"POST": READ}

    @Described(
        "Search the knowledge",
        request=forms.SearchSerializer,
        answers={200: forms.PassagesSerializer},
        example={"query": "How long may I return something?", "k": 3},
        named=True,
        description="The passages that answer a question best, best first; none where nothing fits.",
    )
    @once(in_one_transaction=False)
    def post(self, request: MachineRequest) -> Response:
        asked = forms.checked(forms.SearchSerializer, request.data)
        passages = queries.search(request.user.tenant_id, asked["query"], k=asked["k"])
        return Response(forms.PassagesSerializer({"passages": passages}).data)
