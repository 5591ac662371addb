"""Rooms of the API about what a desk is furnished with: ready texts, macros, tags, dispositions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.response import Response

from escalation.desk import queries, services
from escalation.desk.services.texts import CannedDraft, DispositionDraft
from integrations.api import desk_serializers as forms
from integrations.api.authentication import Machine
from integrations.api.once import once
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import checked
from tenants.roles import Scope

READ, WRITE = Scope.READ_CONFIGURATION, Scope.WRITE_CONFIGURATION
_ALL: dict[str, str] = {"GET": READ, "POST": WRITE}
_ONE: dict[str, str] = {"PUT": WRITE, "DELETE": WRITE}
TEXT = {
    "shortcut": "hello",
    "title": "Hello",
    "text": "Hello {{ customer.first_name }}, I am {{ agent.name }}.",
}
STEPS = [{"do": "tag", "tag": "refund"}, {"do": "resolve", "disposition": "Refunded"}]


def _save_canned(machine: Machine, asked: Mapping[str, Any], pk: int | None = None) -> Response:
    draft = CannedDraft(**{name: value for name, value in asked.items() if name != "id"})
    row = services.save_canned(tenant_id=machine.tenant_id, draft=draft, actor=machine.actor, pk=pk)
    return Response({"id": row.pk, **asked}, status=200 if pk else 201)


class CannedReplies(Room):
    """All ready texts."""

    scopes = _ALL

    @Described("List canned replies", id="desk_canned_list", answers={200: forms.CannedList})
    def get(self, request: MachineRequest) -> Response:
        return Response({"items": queries.all_canned(request.user.tenant_id)})

    @Described(
        "Write a canned reply",
        request=forms.CannedSerializer,
        answers={201: forms.CannedSerializer},
        problems=(404, 409),
        example=TEXT,
        named=True,
        description="A variable that is not known gives 400 `unknown_variable`, which names those there are.",
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        return _save_canned(request.user, checked(forms.CannedSerializer, request.data))


class CannedReply(Room):
    """One ready text."""

    scopes = _ONE

    @Described(
        "Change a canned reply",
        request=forms.CannedSerializer,
        answers={200: forms.CannedSerializer},
        problems=(400, 404, 409, 413, 415),
        example=TEXT,
    )
    def put(self, request: MachineRequest, canned_id: int) -> Response:
        return _save_canned(request.user, checked(forms.CannedSerializer, request.data), canned_id)

    @Described("Remove a canned reply", answers={204: None}, problems=(404,))
    def delete(self, request: MachineRequest, canned_id: int) -> HttpResponse:
        machine = request.user
        services.remove_canned(tenant_id=machine.tenant_id, pk=canned_id, actor=machine.actor)
        return Response(status=204)


def _save_macro(machine: Machine, asked: Mapping[str, Any], pk: int | None = None) -> Response:
    row = services.save_macro(
        tenant_id=machine.tenant_id, name=asked["name"], steps=asked["steps"], actor=machine.actor, pk=pk
    )
    return Response({"id": row.pk, "name": row.name, "steps": row.steps}, status=200 if pk else 201)


class Macros(Room):
    """All macros."""

    scopes = _ALL

    @Described("List macros", id="desk_macros_list", answers={200: forms.MacroList})
    def get(self, request: MachineRequest) -> Response:
        return Response({"items": queries.all_macros(request.user.tenant_id)})

    @Described(
        "Write a macro",
        request=forms.MacroSerializer,
        answers={201: forms.MacroSerializer},
        problems=(409,),
        example={"name": "Refund and close", "steps": STEPS},
        named=True,
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        return _save_macro(request.user, checked(forms.MacroSerializer, request.data))


class Macro(Room):
    """One macro."""

    scopes = _ONE

    @Described(
        "Change a macro",
        request=forms.MacroSerializer,
        answers={200: forms.MacroSerializer},
        problems=(400, 404, 409, 413, 415),
        example={"name": "Refund and close", "steps": STEPS},
    )
    def put(self, request: MachineRequest, macro_id: int) -> Response:
        return _save_macro(request.user, checked(forms.MacroSerializer, request.data), macro_id)

    @Described("Remove a macro", answers={204: None}, problems=(404,))
    def delete(self, request: MachineRequest, macro_id: int) -> HttpResponse:
        machine = request.user
        services.remove_macro(tenant_id=machine.tenant_id, pk=macro_id, actor=machine.actor)
        return Response(status=204)


def _save_tag(machine: Machine, asked: Mapping[str, Any], pk: int | None = None) -> Response:
    row = services.save_tag(
        tenant_id=machine.tenant_id, name=asked["name"], colour=asked["colour"], actor=machine.actor, pk=pk
    )
    return Response({"id": row.pk, "name": row.name, "colour": row.colour}, status=200 if pk else 201)


class Tags(Room):
    """All tags."""

    scopes = _ALL

    @Described("List tags", id="desk_tags_list", answers={200: forms.TagList})
    def get(self, request: MachineRequest) -> Response:
        return Response({"items": queries.all_tags(request.user.tenant_id)})

    @Described(
        "Make a tag",
        request=forms.TagSerializer,
        answers={201: forms.TagSerializer},
        problems=(409,),
        example={"name": "refund", "colour": "#1a7f5c"},
        named=True,
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        return _save_tag(request.user, checked(forms.TagSerializer, request.data))


class Tag(Room):
    """One tag."""

    scopes = _ONE

    @Described(
        "Change a tag",
        request=forms.TagSerializer,
        answers={200: forms.TagSerializer},
        problems=(400, 404, 409, 413, 415),
        example={"name": "refund", "colour": "#1a7f5c"},
    )
    def put(self, request: MachineRequest, tag_id: int) -> Response:
        return _save_tag(request.user, checked(forms.TagSerializer, request.data), tag_id)

    @Described("Remove a tag, from conversations too", answers={204: None}, problems=(404,))
    def delete(self, request: MachineRequest, tag_id: int) -> HttpResponse:
        machine = request.user
        services.remove_tag(tenant_id=machine.tenant_id, pk=tag_id, actor=machine.actor)
        return Response(status=204)


def _save_disposition(machine: Machine, asked: Mapping[str, Any], pk: int | None = None) -> Response:
    draft = DispositionDraft(asked["name"], asked["position"], asked["is_active"])
    row = services.save_disposition(tenant_id=machine.tenant_id, draft=draft, actor=machine.actor, pk=pk)
    shown = {"id": row.pk, "name": row.name, "position": row.position, "is_active": row.is_active}
    return Response(shown, status=200 if pk else 201)


class Dispositions(Room):
    """All dispositions."""

    scopes = _ALL

    @Described("List dispositions", id="desk_dispositions_list", answers={200: forms.DispositionList})
    def get(self, request: MachineRequest) -> Response:
        return Response({"items": queries.all_dispositions(request.user.tenant_id)})

    @Described(
        "Add a disposition",
        request=forms.DispositionSerializer,
        answers={201: forms.DispositionSerializer},
        problems=(409,),
        example={"name": "Refunded", "position": 2},
        named=True,
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        return _save_disposition(request.user, checked(forms.DispositionSerializer, request.data))


class Disposition(Room):
    """One disposition."""

    scopes = _ONE

    @Described(
        "Change a disposition",
        request=forms.DispositionSerializer,
        answers={200: forms.DispositionSerializer},
        problems=(400, 404, 409, 413, 415),
        example={"name": "Refunded", "position": 2},
    )
    def put(self, request: MachineRequest, disposition_id: int) -> Response:
        return _save_disposition(
            request.user, checked(forms.DispositionSerializer, request.data), disposition_id
        )

    @Described("Remove a disposition", answers={204: None}, problems=(404,))
    def delete(self, request: MachineRequest, disposition_id: int) -> HttpResponse:
        machine = request.user
        services.remove_disposition(tenant_id=machine.tenant_id, pk=disposition_id, actor=machine.actor)
        return Response(status=204)
