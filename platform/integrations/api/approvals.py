"""Rooms of the API about calls that await a person's yes."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response

from conversations import approvals, queries, timeline
from integrations.api import run_serializers as forms
from integrations.api.cursors import Cursors
from integrations.api.once import once
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import checked
from tenants.roles import Scope

READ, WRITE = Scope.READ_APPROVALS, Scope.WRITE_APPROVALS


class Approvals(Room):
    """What awaits a yes, and what had one."""

    scopes = {"GET": READ}

    @Described(
        "List approvals, the newest first",
        id="approvals_list",
        query=forms.ApprovalsQuerySerializer,
        answers={200: forms.ApprovalsSerializer},
        problems=(400,),
    )
    def get(self, request: MachineRequest) -> Response:
        asked = checked(forms.ApprovalsQuerySerializer, request.query_params)
        tenant_id, limit, status = request.user.tenant_id, asked["limit"], asked["status"]
        cursors = Cursors(tenant_id, f"approvals:{status}")
        rows = queries.list_approvals(
            tenant_id, status=status, limit=limit + 1, before=cursors.read(asked["cursor"])
        )
        following = cursors.write(rows[limit - 1].pk) if len(rows) > limit else None
        page = {"items": timeline.asked_lines(tenant_id, rows[:limit]), "next_cursor": following}
        return Response(forms.ApprovalsSerializer(page).data)


class Approval(Room):
    """One approval."""

    scopes = {"GET": READ}

    @Described(
        "Read an approval, with what the assistant did before",
        answers={200: forms.ApprovalDetailSerializer},
        problems=(404,),
    )
    def get(self, request: MachineRequest, approval_id: UUID) -> Response:
        return Response(_shown(request.user.tenant_id, approval_id))


class Decide(Room):
    """A decision."""

    scopes = {"POST": WRITE}

    @Described(
        "Approve or refuse a call",
        request=forms.VerdictSerializer,
        answers={200: forms.ApprovalDetailSerializer},
        problems=(400, 404, 409),
        example={"verdict": "refuse", "reason": "This order was paid back last week."},
        named=True,
        description=(
            "Once: who comes second gets 409 `approval_already_decided`. To refuse takes a `reason`, which the "
            "assistant is told. `arguments` are called with instead; where they do not fit the tool's schema it is 400 "
            "`tool_arguments_invalid`, and nothing is decided. The run goes on by itself."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, approval_id: UUID) -> Response:
        given = checked(forms.VerdictSerializer, request.data)
        decision = approvals.Decision(given["verdict"], given["reason"], given["arguments"])
        tenant_id = request.user.tenant_id
        approvals.decide(
            tenant_id=tenant_id,
            public_id=approval_id,
            decision=decision,
            actor=request.user.actor,
            now=timezone.now(),
        )
        return Response(_shown(tenant_id, approval_id))


def _shown(tenant_id: int, approval_id: UUID) -> object:
    found = queries.get_approval(tenant_id, approval_id)
    return forms.ApprovalDetailSerializer(timeline.asked(tenant_id, found)).data
