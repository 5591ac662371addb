"""Rooms of the API about runs: the work on an answer, step by step."""

from __future__ import annotations

from uuid import UUID

from rest_framework.response import Response

from conversations import queries, timeline
from integrations.api import run_serializers as forms
from integrations.api.cursors import Cursors
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import ListedSerializer, checked
from tenants.roles import Scope

READ = Scope.READ_CONVERSATIONS


class Runs(Room):
    """The runs of a conversation."""

    scopes = {"GET": READ}

    @Described(
        "List a conversation's runs, the newest first",
        id="runs_list",
        query=ListedSerializer,
        answers={200: forms.RunsSerializer},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest, conversation_id: UUID) -> Response:
        listed = checked(ListedSerializer, request.query_params)
        tenant_id, limit = request.user.tenant_id, listed["limit"]
        found = queries.get_conversation(tenant_id, conversation_id)
        cursors = Cursors(tenant_id, f"runs:{found.pk}")
        rows = queries.list_runs(tenant_id, found.pk, limit=limit + 1, before=cursors.read(listed["cursor"]))
        following = cursors.write(rows[limit - 1].pk) if len(rows) > limit else None
        page = {"items": timeline.run_lines(tenant_id, rows[:limit]), "next_cursor": following}
        return Response(forms.RunsSerializer(page).data)


class Run(Room):
    """One run."""

    scopes = {"GET": READ}

    @Described(
        "Read a run: the prompt, every step, decision and charge",
        answers={200: forms.RunSerializer},
        problems=(404,),
    )
    def get(self, request: MachineRequest, run_id: UUID) -> Response:
        found = timeline.get_timeline(request.user.tenant_id, run_id)
        return Response(forms.RunSerializer(found).data)
