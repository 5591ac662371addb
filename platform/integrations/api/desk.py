"""Rooms of the API about the desk: what a person reads there, and does.

Where a person is needed a key names the member it acts for; her role and her teams bind it as they bind her, and the
ledger has both: the deed as hers, and that a key did it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from audit.services import record
from conversations.events import frame
from conversations.file_doors import as_download
from conversations.files.kinds import MOST_BYTES, FileTooLarge
from conversations.files.queries import card, get_file
from conversations.files.services import Upload, put_up
from core.scope import tenant_scope
from escalation.desk import queries
from escalation.desk.deeds import Deed, Done, do
from escalation.desk.errors import ReadOnly
from escalation.desk.posts import Post, looking_on, post_of
from integrations.api import desk_serializers as forms
from integrations.api.authentication import Machine, ScopeMissing
from integrations.api.once import once
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import checked
from tenants.roles import Scope

READ, WRITE = Scope.READ_DESK, Scope.WRITE_DESK
DECISIONS = frozenset({"approve", "refuse"})
REPLY = {"do": "reply", "actor": "mira@shop.example", "text": "I have found your parcel."}
NEXT = {"do": "take_next", "actor": "mira@shop.example"}


def post_for(machine: Machine, address: str) -> Post:
    """The post that a key reads or acts from: a member's, or one that sees everything and does nothing.

    Raises:
        escalation.desk.queries.people.NoSuchMember
        core.errors.Forbidden: her role does not read conversations.
    """
    if not address:
        return looking_on(machine.tenant_id, machine.actor)
    member = queries.member_by_email(machine.tenant_id, address)
    return post_of(member, member.user)


class DeskConversations(Room):
    """Lists."""

    scopes = {"GET": READ}

    @Described(
        "List conversations as the desk does, the newest activity first",
        id="desk_conversations_list",
        query=forms.DeskListedSerializer,
        answers={200: forms.DeskRowsSerializer},
        problems=(400, 404),
        description="By view and filters, or by words that are said in them (`q`). `mine` takes an `actor`.",
    )
    def get(self, request: MachineRequest) -> Response:
        asked = checked(forms.DeskListedSerializer, request.query_params)
        post = post_for(request.user, asked.pop("actor"))
        cursor, limit = asked.pop("cursor"), asked.pop("limit")
        page = queries.page(post, asked, cursor=cursor, limit=limit)
        return Response({"items": page.rows, "next_cursor": page.next or None})


class DeskCounts(Room):
    """Counts."""

    scopes = {"GET": READ}

    @Described(
        "Count the conversations of each view",
        query=forms.ActingSerializer,
        answers={200: forms.CountsSerializer},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest) -> Response:
        return Response(queries.counts(_reader(request)))


class DeskThings(Room):
    """What the desk is furnished with."""

    scopes = {"GET": READ}

    @Described(
        "Read the desk's ready texts, macros, tags, dispositions, teams, people and views",
        query=forms.ActingSerializer,
        answers={200: forms.ThingsSerializer},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest) -> Response:
        return Response(queries.things(_reader(request)))


class DeskConversation(Room):
    """One conversation."""

    scopes = {"GET": READ}

    @Described(
        "Read a conversation with all that stands beside it at the desk",
        query=forms.ActingSerializer,
        answers={200: forms.TalkSerializer},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest, conversation_id: UUID) -> Response:
        return Response(queries.look(_reader(request), conversation_id).told)


class DeskLog(Room):
    """Its log."""

    scopes = {"GET": READ}

    @Described(
        "Read a conversation's log as members see it",
        query=forms.DeskLogQuerySerializer,
        answers={200: forms.DeskLogSerializer},
        problems=(400, 404),
        description="Private notes included. After a `seq`, or the last ones `before` one.",
    )
    def get(self, request: MachineRequest, conversation_id: UUID) -> Response:
        asked = checked(forms.DeskLogQuerySerializer, request.query_params)
        post = post_for(request.user, asked.pop("actor"))
        return Response({"events": list(map(frame, queries.log(post, conversation_id, **asked)))})


class DeskDeeds(Room):
    """Deeds that are about no conversation yet."""

    scopes = {"POST": WRITE}

    @Described(
        "Do something at the desk that names no conversation",
        request=forms.DeedSerializer,
        answers={200: forms.DoneSerializer},
        problems=(404, 409),
        example=NEXT,
        named=True,
        description="take_next, accept, decline, presence, save_view, remove_view, approve, refuse.",
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        return _done(request, "")


class DeskConversationDeeds(Room):
    """Deeds about a conversation."""

    scopes = {"POST": WRITE}

    @Described(
        "Do something to a conversation, as the desk does",
        request=forms.DeedSerializer,
        answers={200: forms.DoneSerializer},
        problems=(404, 409),
        example=REPLY,
        named=True,
        description=(
            "claim, reply, note, return, resolve, reopen, transfer, join, leave, invite, tag, untag, urgency, macro, "
            "ticket, canned, draft, read, approve, refuse: see docs/desk.md. What a colleague has gives 409 "
            "`already_claimed` or 403 `not_your_conversation`, which say who has it; what is closed 409 "
            "`conversation_closed`. To approve and refuse takes the scope `approvals:write` too."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, conversation_id: UUID) -> Response:
        return _done(request, str(conversation_id))


class DeskFiles(Room):
    """Files to be sent."""

    scopes = {"POST": WRITE}
    parser_classes = [MultiPartParser]

    @Described(
        "Put a file up for a conversation",
        request={"multipart/form-data": forms.FileFormSerializer},
        answers={201: forms.FileSerializer},
        problems=(404,),
        example={"actor": "mira@shop.example", "file": "map.png"},
        named=True,
        description="Then send its id in the `attachments` of a reply or a note by the same actor.",
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, conversation_id: UUID) -> Response:
        asked = checked(forms.FileFormSerializer, request.data)
        post, file = post_for(request.user, asked["actor"]), asked["file"]
        talk = queries.get_talk(post, conversation_id)
        if not post.can_act:
            raise ReadOnly
        if file.size > MOST_BYTES:
            raise FileTooLarge
        row = put_up(
            tenant_id=post.tenant_id,
            conversation=talk,
            upload=Upload(file.name, file.read()),
            actor=post.actor,
            now=timezone.now(),
        )
        location = reverse("api:desk-file", [conversation_id, row.public_id])
        return Response(card(row), status=201, headers={"Location": location})


class DeskFile(Room):
    """One file."""

    scopes = {"GET": READ}

    @Described(
        "Fetch a file",
        query=forms.ActingSerializer,
        answers={(200, "application/octet-stream"): bytes},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest, conversation_id: UUID, file_id: UUID) -> HttpResponse:
        talk = queries.get_talk(_reader(request), conversation_id)
        return as_download(get_file(talk, file_id))


def _reader(request: MachineRequest) -> Post:
    return post_for(request.user, checked(forms.ActingSerializer, request.query_params)["actor"])


def _done(request: MachineRequest, conversation: str) -> Response:
    asked = dict(checked(forms.DeedSerializer, request.data))
    what, post = asked.pop("do"), post_for(request.user, asked.pop("actor"))
    if what in DECISIONS and Scope.WRITE_APPROVALS not in request.user.scopes:
        raise ScopeMissing(f"This API key lacks the scope '{Scope.WRITE_APPROVALS.value}'.")
    with tenant_scope(post.tenant_id):
        done = do(post, Deed(what, conversation, fields=asked))
        _note_key(request.user, post, what, conversation)
    return Response(_shown(done))


def _note_key(machine: Machine, post: Post, what: str, conversation: str) -> None:
    facts = {"do": what, "conversation": conversation} if conversation else {"do": what}
    record(actor=machine.actor, action="api_key.acted", target=f"member:{post.user.public_id}", data=facts)


def _shown(done: Done) -> dict[str, Any]:
    return {"events": [frame(event) for event in done.events], "result": done.result}
