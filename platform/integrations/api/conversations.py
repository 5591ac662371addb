"""Rooms of the API about conversations."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.reverse import reverse

from conversations import queries, services
from conversations.events import frame, shown_to_customer
from core.errors import Invalid
from core.offload import in_database
from integrations.api import serializers as forms
from integrations.api.cursors import Cursors
from integrations.api.following import Place, first_news
from integrations.api.once import once
from integrations.api.rooms import AsyncRoom, MachineRequest, Room
from integrations.api.schema import Described
from tenants.roles import Scope

READ, WRITE = Scope.READ_CONVERSATIONS, Scope.WRITE_CONVERSATIONS
CUSTOMER = {"customer": {"external_id": "u-1042", "name": "Robin Sample", "email": "robin@example.com"}}


class FutureCursor(Invalid):
    code = "future_cursor"
    default_message = "'after' lies beyond the log. Read again with after=0."


class Conversations(Room):
    """All conversations."""

    scopes = {"GET": READ, "POST": WRITE}

    @Described(
        "List conversations, the newest first",
        id="conversations_list",
        query=forms.ListedSerializer,
        answers={200: forms.ConversationsSerializer},
        problems=(400,),
    )
    def get(self, request: MachineRequest) -> Response:
        listed = forms.checked(forms.ListedSerializer, request.query_params)
        cursors, limit = Cursors(request.user.tenant_id, "conversations"), listed["limit"]
        rows = queries.list_conversations(
            request.user.tenant_id, limit=limit + 1, before=cursors.read(listed["cursor"])
        )
        following = cursors.write(rows[limit - 1].pk) if len(rows) > limit else None
        shown = rows[:limit]
        page = {"items": shown, "next_cursor": following}
        context = forms.rated(request.user.tenant_id, shown)
        return Response(forms.ConversationsSerializer(page, context=context).data)

    @Described(
        "Start a conversation",
        request=forms.OpeningSerializer,
        answers={201: forms.ConversationSerializer},
        problems=(409,),
        example=CUSTOMER,
        named=True,
        description=(
            "For a customer as your server names her: known by `external_id`, else new. Without a customer: an "
            "anonymous visitor. The body may be empty (`{}`)."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        asked = forms.checked(forms.OpeningSerializer, request.data)
        conversation = services.open_for(
            tenant_id=request.user.tenant_id,
            claim=services.Claim(**asked.get("customer", {})),
            actor=request.user.actor,
        )
        location = reverse("api:conversation", [conversation.public_id])
        shown = forms.ConversationSerializer(conversation).data
        return Response(shown, status=201, headers={"Location": location})


class Conversation(Room):
    """One conversation."""

    scopes = {"GET": READ}

    @Described("Read a conversation", answers={200: forms.ConversationSerializer}, problems=(404,))
    def get(self, request: MachineRequest, conversation_id: UUID) -> Response:
        found = queries.get_conversation(request.user.tenant_id, conversation_id)
        context = forms.rated(request.user.tenant_id, [found])
        return Response(forms.ConversationSerializer(found, context=context).data)


class Person(Room):
    """A person, asked for."""

    scopes = {"POST": WRITE}

    @Described(
        "Ask for a person",
        answers={200: forms.ConversationSerializer},
        problems=(404,),
        named=True,
        description=(
            "Queues the conversation for your team, whatever the assistant is doing. Asking again changes nothing."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, conversation_id: UUID) -> Response:
        tenant_id = request.user.tenant_id
        found = queries.get_conversation(tenant_id, conversation_id)
        services.request_person(
            tenant_id=tenant_id,
            conversation_id=found.pk,
            actor=services.customer_actor(found.customer),
            now=timezone.now(),
        )
        now_it_is = queries.get_conversation(tenant_id, conversation_id)
        return Response(forms.ConversationSerializer(now_it_is).data)


class Events(AsyncRoom):
    """A conversation's log."""

    scopes = {"GET": READ}

    @Described(
        "Read a conversation's log",
        query=forms.EventsQuerySerializer,
        answers={200: forms.EventsSerializer},
        problems=(400, 404),
        description=(
            "Events in order, as the chat socket shows them to the customer: a team's private note keeps its place in "
            "the order, as an event of kind `hidden`. Go on with `after` = `next_after`. `wait` holds the request open "
            "until there is news."
        ),
    )
    async def get(self, request: MachineRequest, conversation_id: UUID) -> Response:
        asked = forms.checked(forms.EventsQuerySerializer, request.query_params)
        tenant_id, after = request.user.tenant_id, asked["after"]
        found = await in_database(queries.get_conversation)(tenant_id, conversation_id)
        if after > found.last_seq:
            raise FutureCursor
        if asked["wait"] and after == found.last_seq:
            await first_news(Place(tenant_id, found.pk, after), seconds=asked["wait"])
        page = await in_database(queries.read_log)(tenant_id, found.pk, after=after, limit=asked["limit"])
        shown = [shown_to_customer(frame(event)) for event in page.events]
        next_after = shown[-1]["seq"] if shown else after
        return Response({"events": shown, "next_after": next_after, "last_seq": page.last_seq})
