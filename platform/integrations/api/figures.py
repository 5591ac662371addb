"""Rooms of the API about figures: what the dashboard shows, and the lists behind its numbers.

A key that reads conversations sees the figures; what was spent takes a key that reads the configuration too.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from escalation.figures import behind, queries, rolling
from escalation.figures.filters import Filters, filters_of
from escalation.figures.numbers import Shown, numbers
from escalation.figures.periods import PRESETS, Period, period_of
from escalation.figures.reading import read
from escalation.figures.sources import SOURCES
from escalation.figures.tables import Shelf, Table, tables
from integrations.api.authentication import ScopeMissing
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import checked
from tenants.roles import Scope

READ, MONEY = Scope.READ_CONVERSATIONS, Scope.READ_CONFIGURATION
OF_MONEY = frozenset({"spent", "tokens"})


class FiguresAskedSerializer(serializers.Serializer):
    """A period and filters. Days are those of the organisation's zone: its default team's, else UTC."""

    period = serializers.ChoiceField(
        choices=[*PRESETS, "custom"],
        required=False,
        help_text="Without it and without days: the last 28 days.",
    )
    to = serializers.DateField(required=False, help_text="The last day; today if only `from` is given.")
    team = serializers.IntegerField(
        required=False, min_value=0, max_value=999_999_999, help_text="0: no team."
    )
    channel = serializers.CharField(required=False, max_length=16)
    release = serializers.IntegerField(required=False, min_value=0, max_value=999_999_999)

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name for a Python attribute."""
        first = serializers.DateField(required=False, help_text="The first day, such as 2026-11-01.")
        return {**super().get_fields(), "from": first}


class NumberSerializer(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=["count", "share", "rating", "time", "money", "tokens"],
        help_text="A share is from 0 to 1, a time in milliseconds, money in nanos of a US dollar.",
    )
    value = serializers.FloatField(allow_null=True, help_text="Null: nothing to divide by.")
    before = serializers.FloatField(allow_null=True)
    behind = serializers.DictField(allow_null=True, help_text="Parameters of the list behind it.")


class TableSerializer(serializers.Serializer):
    key = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.DictField(), help_text="A value for each column.")


class DashboardSerializer(serializers.Serializer):
    """The dashboard. `counted_up_to` is null before figures were counted for the first time."""

    first = serializers.DateField()
    last = serializers.DateField()
    zone = serializers.CharField()
    counted_up_to = serializers.DateTimeField(allow_null=True)
    numbers = NumberSerializer(many=True)
    tables = TableSerializer(many=True)


class BehindAskedSerializer(FiguresAskedSerializer):
    """Which number, and a place in its list."""

    figure = serializers.ChoiceField(choices=list(SOURCES))
    label = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=120
    )
    only = serializers.ChoiceField(
        choices=["bad", "total"],
        required=False,
        help_text="Only what went wrong, or what counts in the total.",
    )
    cursor = serializers.CharField(required=False, max_length=200)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=behind.MOST)


class CountedThingSerializer(serializers.Serializer):
    """One thing that was counted."""

    at = serializers.DateTimeField()
    conversation = serializers.UUIDField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]
    team = serializers.IntegerField()
    channel = serializers.CharField()
    release = serializers.IntegerField()
    went_wrong = serializers.BooleanField()
    total = serializers.IntegerField()
    millis = serializers.IntegerField(allow_null=True)


class BehindSerializer(serializers.Serializer):
    items = CountedThingSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class Figures(Room):
    """The dashboard."""

    scopes = {"GET": READ}

    @Described(
        "Read the figures of a period, and of as long before",
        id="figures",
        query=FiguresAskedSerializer,
        answers={200: DashboardSerializer},
        problems=(400,),
        description=(
            "What the dashboard shows; docs/dashboard.md defines each figure. What was spent is there for a key that "
            "has the scope `configuration:read` too."
        ),
    )
    def get(self, request: MachineRequest) -> Response:
        tenant_id, money = request.user.tenant_id, MONEY in request.user.scopes
        period, filters = _asked(tenant_id, checked(FiguresAskedSerializer, request.query_params))
        now, before = read(tenant_id, period, filters)
        shelf = Shelf(now, period, queries.names(tenant_id), money=money)
        mark = rolling.counted_up_to(tenant_id)
        return Response(
            {
                "first": period.first,
                "last": period.last,
                "zone": period.zone,
                "counted_up_to": mark.seen_at if mark else None,
                "numbers": [_number(one) for one in numbers(now, before, money=money)],
                "tables": [_table(one) for one in tables(shelf)],
            }
        )


class FigureThings(Room):
    """What is behind a number."""

    scopes = {"GET": READ}

    @Described(
        "List what is behind a number, the newest first",
        id="figures_behind",
        query=BehindAskedSerializer,
        answers={200: BehindSerializer},
        problems=(400,),
        description="`spent` and `tokens` take the scope `configuration:read` too.",
    )
    def get(self, request: MachineRequest) -> Response:
        asked = checked(BehindAskedSerializer, request.query_params)
        if asked["figure"] in OF_MONEY and MONEY not in request.user.scopes:
            raise ScopeMissing(f"This API key lacks the scope '{MONEY.value}'.")
        tenant_id = request.user.tenant_id
        period, filters = _asked(tenant_id, asked)
        wish = behind.Wish(asked["figure"], asked.get("label"), asked.get("only", ""))
        found = behind.page(
            tenant_id, wish, period.now, filters, cursor=asked.get("cursor", ""), limit=asked["limit"]
        )
        return Response({"items": list(map(_thing, found.things)), "next_cursor": found.next or None})


def _asked(tenant_id: int, asked: dict[str, Any]) -> tuple[Period, Filters]:
    plain = {name: str(value) for name, value in asked.items()}
    return period_of(plain, now=timezone.now(), zone=queries.zone_of(tenant_id)), filters_of(plain)


def _number(one: Shown) -> dict[str, Any]:
    return {
        "key": one.key,
        "kind": one.kind,
        "value": one.value,
        "before": one.before,
        "behind": dict(one.behind) if one.behind else None,
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [
        dict(zip(table.keys, (row.key or row.title, *(cell.value for cell in row.cells)), strict=True))
        for row in table.rows
    ]
    return {"key": table.key, "columns": list(table.keys), "rows": rows}


def _thing(one: behind.Thing) -> dict[str, Any]:
    return {
        "at": one.at,
        "conversation": one.conversation,
        "label": one.label,
        "team": one.team,
        "channel": one.channel,
        "release": one.release,
        "went_wrong": one.is_bad,
        "total": one.total,
        "millis": one.millis,
    }
