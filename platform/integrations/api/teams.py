"""Rooms of the API about teams: their hours and promises, who sits in them, and what members can take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from escalation import models
from escalation.desk.queries import teams as queries
from escalation.queueing import services
from escalation.queueing.teams.services import Abilities
from integrations.api.authentication import Machine
from integrations.api.once import once
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import checked
from tenants.roles import Scope

READ, WRITE = Scope.READ_CONFIGURATION, Scope.WRITE_CONFIGURATION
EXAMPLE = {"name": "Billing", "zone": "Europe/Berlin", "hours": {"mon": [["09:00", "17:00"]]}}


class SeatSerializer(serializers.Serializer):
    member = serializers.UUIDField()
    name = serializers.CharField()
    is_lead = serializers.BooleanField()


class TeamSerializer(serializers.Serializer):
    """A team. What is left out keeps its value, or its usual one in a new team."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80, required=False)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    is_default = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    zone = serializers.CharField(
        max_length=64, required=False, help_text="A time zone such as Europe/Berlin."
    )
    hours = serializers.DictField(
        required=False, help_text="mon to sun: a list of [from, to] as HH:MM; empty: always open."
    )
    holidays = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="`{date, name}`: closed on that day."
    )
    routing = serializers.ChoiceField(choices=models.Routing.choices, required=False)
    delivery = serializers.ChoiceField(choices=models.Delivery.choices, required=False)
    picking = serializers.BooleanField(
        required=False, help_text="People choose which conversation they take."
    )
    offer_seconds = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    patience_seconds = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    grace_seconds = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    weight = serializers.IntegerField(required=False, min_value=0, max_value=2**15 - 1)
    first_reply_seconds = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    resolution_seconds = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    warn_percent = serializers.IntegerField(required=False, min_value=0, max_value=100)
    seats = SeatSerializer(many=True, read_only=True)


class TeamsSerializer(serializers.Serializer):
    items = TeamSerializer(many=True)


class LeadSerializer(serializers.Serializer):
    """A place in a team."""

    is_lead = serializers.BooleanField(required=False, default=False)


class AgentSerializer(serializers.Serializer):
    """A member, and what she can take."""

    member = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)
    email = serializers.EmailField(read_only=True)
    role = serializers.CharField(read_only=True)
    skills = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    languages = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    capacity = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        default=dict,
        help_text="Channel: conversations at once.",
    )


class AgentsSerializer(serializers.Serializer):
    items = AgentSerializer(many=True)


class Teams(Room):
    """All teams."""

    scopes = {"GET": READ, "POST": WRITE}

    @Described("List teams with who sits in them", id="teams_list", answers={200: TeamsSerializer})
    def get(self, request: MachineRequest) -> Response:
        return Response({"items": queries.all_teams(request.user.tenant_id)})

    @Described(
        "Add a team",
        request=TeamSerializer,
        answers={201: TeamSerializer},
        problems=(409,),
        example=EXAMPLE,
        named=True,
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        return _saved(request, models.Team(tenant_id=request.user.tenant_id), 201)


class Team(Room):
    """One team."""

    scopes = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}

    @Described("Read a team", answers={200: TeamSerializer}, problems=(404,))
    def get(self, request: MachineRequest, team_id: int) -> Response:
        return Response(queries.shown_team(queries.get_team(request.user.tenant_id, team_id)))

    @Described(
        "Change a team",
        request=TeamSerializer,
        answers={200: TeamSerializer},
        problems=(400, 404, 409, 413, 415),
        example=EXAMPLE,
    )
    def put(self, request: MachineRequest, team_id: int) -> Response:
        return _saved(request, queries.get_team(request.user.tenant_id, team_id), 200)

    @Described(
        "Remove a team",
        answers={204: None},
        problems=(404, 409),
        description="One that has served is switched off instead, so that its figures stay.",
    )
    def delete(self, request: MachineRequest, team_id: int) -> Response:
        machine = request.user
        team = queries.get_team(machine.tenant_id, team_id)
        services.remove_team(tenant_id=machine.tenant_id, team=team, actor=machine.actor)
        return Response(status=204)


class Seat(Room):
    """A member's place in a team."""

    scopes = {"PUT": WRITE, "DELETE": WRITE}

    @Described(
        "Give a member a place in a team",
        request=LeadSerializer,
        answers={200: TeamSerializer},
        problems=(400, 404, 413, 415),
        example={"is_lead": True},
    )
    def put(self, request: MachineRequest, team_id: int, member_id: UUID) -> Response:
        asked = checked(LeadSerializer, request.data)
        named = _place(request.user, team_id, member_id)
        services.seat(**named, is_lead=asked["is_lead"], actor=request.user.actor)
        return Response(queries.shown_team(queries.get_team(request.user.tenant_id, team_id)))

    @Described("Take a member out of a team", answers={204: None}, problems=(404,))
    def delete(self, request: MachineRequest, team_id: int, member_id: UUID) -> Response:
        services.unseat(**_place(request.user, team_id, member_id), actor=request.user.actor)
        return Response(status=204)


class Agents(Room):
    """All members, and what they can take."""

    scopes = {"GET": READ}

    @Described("List what members can take", id="agents_list", answers={200: AgentsSerializer})
    def get(self, request: MachineRequest) -> Response:
        return Response({"items": queries.all_agents(request.user.tenant_id)})


class Agent(Room):
    """One member."""

    scopes = {"PUT": WRITE}

    @Described(
        "Say what a member can take",
        request=AgentSerializer,
        answers={200: AgentSerializer},
        problems=(400, 404, 413, 415),
        example={"skills": ["refunds"], "languages": ["en", "de"], "capacity": {"chat": 4}},
    )
    def put(self, request: MachineRequest, member_id: UUID) -> Response:
        machine = request.user
        member = queries.member_of(machine.tenant_id, member_id)
        abilities = Abilities(**checked(AgentSerializer, request.data))
        agent = services.save_agent(
            tenant_id=machine.tenant_id, member_id=member.pk, abilities=abilities, actor=machine.actor
        )
        return Response(queries.shown_agent(member, agent))


def _saved(request: MachineRequest, team: models.Team, status: int) -> Response:
    asked: Mapping[str, Any] = checked(TeamSerializer, request.data)
    for name, value in asked.items():
        setattr(team, name, value)
    machine = request.user
    saved = services.save_team(tenant_id=machine.tenant_id, team=team, actor=machine.actor)
    return Response(queries.shown_team(saved), status=status)


def _place(machine: Machine, team_id: int, member_id: UUID) -> dict[str, Any]:
    team = queries.get_team(machine.tenant_id, team_id)
    member = queries.member_of(machine.tenant_id, member_id)
    return {"tenant_id": machine.tenant_id, "team_id": team.pk, "member_id": member.pk}
