"""Rooms of the API about what comes after a conversation."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response

from conversations import queries
from conversations.aftercare import Stars
from conversations.models import Owner
from conversations.services import customer_actor
from escalation.after import services
from integrations.api import serializers as forms
from integrations.api.once import once
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from tenants.roles import Scope


class Rate(Room):
    """What the customer says of how she was served."""

    scopes = {"POST": Scope.WRITE_CONVERSATIONS}

    @Described(
        "Rate a conversation",
        request=forms.RateSerializer,
        answers={200: forms.ConversationSerializer},
        problems=(400, 404, 409),
        named=True,
        example={"score": 5, "comment": "Quick and kind."},
        description=(
            "In the customer's name, of an episode that is over. Once; within a day another rating takes its place, "
            "later it is refused (`rated_already`). A 4 or 5 confirms that it was solved, a 1 or 2 takes back that "
            "it was assumed."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, conversation_id: UUID) -> Response:
        asked = forms.checked(forms.RateSerializer, request.data)
        tenant_id = request.user.tenant_id
        found = queries.get_conversation(tenant_id, conversation_id)
        last = found.episode if found.owner == Owner.CLOSED else max(found.episode - 1, 1)
        stars = Stars(asked.get("episode", last), asked["score"], asked["comment"])
        services.rate(tenant_id, found.pk, stars, customer_actor(found.customer), timezone.now())
        now_it_is = queries.get_conversation(tenant_id, conversation_id)
        context = forms.rated(tenant_id, [now_it_is])
        return Response(forms.ConversationSerializer(now_it_is, context=context).data)


class Transcript(Room):
    """A copy by mail."""

    scopes = {"POST": Scope.WRITE_CONVERSATIONS}

    @Described(
        "Send a conversation by e-mail",
        request=forms.TranscriptSerializer,
        answers={202: forms.TranscriptAskedSerializer},
        problems=(400, 404, 409),
        named=True,
        example={"email": "robin@example.com"},
        description=(
            "What customer, assistant and people said to each other, in the conversation's language; no notes of the "
            "team. At most three a day for a customer and for an address."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, conversation_id: UUID) -> Response:
        asked = forms.checked(forms.TranscriptSerializer, request.data)
        tenant_id = request.user.tenant_id
        found = queries.get_conversation(tenant_id, conversation_id)
        to = services.ask_transcript(tenant_id, found.pk, asked["email"], request.user.actor, timezone.now())
        return Response({"to": to}, status=202)
