"""Rooms of the API about releases: what answers, what is in work, and going forth and back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.errors import Conflict
from core.scope import tenant_scope
from engine.releases import differing, queries, services
from engine.releases.checking import check
from engine.releases.models import NEXT, Draft, Release
from engine.releases.reading import read
from engine.releases.values import Configuration, columns_of, configuration_of
from integrations.api import release_serializers as forms
from integrations.api.cursors import Cursors
from integrations.api.once import once
from integrations.api.rooms import MachineRequest, Room
from integrations.api.schema import Described
from integrations.api.serializers import checked
from tenants.queries import tenant_by_id
from tenants.roles import Scope

READ, WRITE = Scope.READ_CONFIGURATION, Scope.WRITE_CONFIGURATION
CHANGE = {"version": 3, "configuration": {"greeting": "Hello! What can I do for you?"}}


class NoDraftYet(Conflict):
    code = "draft_missing"
    default_message = "There is no such draft yet: begin it with version 0."


class Releases(Room):
    """All releases."""

    scopes = {"GET": READ, "POST": WRITE}

    @Described(
        "List releases, the newest first",
        id="releases_list",
        query=forms.ListedReleasesSerializer,
        answers={200: forms.ReleasesSerializer},
        problems=(400,),
    )
    def get(self, request: MachineRequest) -> Response:
        asked = checked(forms.ListedReleasesSerializer, request.query_params)
        tenant_id, limit = request.user.tenant_id, asked["limit"]
        cursors = Cursors(tenant_id, "releases")
        before = cursors.read(asked["cursor"])
        rows = queries.list_releases(tenant_id, before=before, limit=limit + 1)
        live = _live(tenant_id)
        following = cursors.write(rows[limit - 1].number) if len(rows) > limit else None
        page = {"items": [_summary(row, live) for row in rows[:limit]], "next_cursor": following}
        return Response(forms.ReleasesSerializer(page).data)

    @Described(
        "Publish a draft",
        id="releases_publish",
        request=forms.PublishSerializer,
        answers={201: forms.ReleaseDetailSerializer},
        problems=(400, 404, 409),
        example={"version": 4, "message": "Says the new return period."},
        named=True,
        description=(
            "Conversations that begin from now on use it; those in progress stay on theirs. What is wrong with the "
            "draft comes as 409 `release_not_publishable`, field by field in `errors`; where somebody has saved it "
            "since, it is 409 `draft_changed`."
        ),
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest) -> Response:
        asked, machine = checked(forms.PublishSerializer, request.data), request.user
        release = services.publish_draft(
            tenant_id=machine.tenant_id,
            draft_id=queries.draft_named(machine.tenant_id, asked["name"]).pk,
            version=asked["version"],
            message=asked["message"],
            actor=machine.actor,
            now=timezone.now(),
        )
        return _made(release)


class OneRelease(Room):
    """One release."""

    scopes = {"GET": READ}

    @Described("Read a release", answers={200: forms.ReleaseDetailSerializer}, problems=(404,))
    def get(self, request: MachineRequest, number: int) -> Response:
        release = queries.by_number(request.user.tenant_id, number)
        return Response(_detail(release, _live(request.user.tenant_id)))


class Revert(Room):
    """The way back."""

    scopes = {"POST": WRITE}

    @Described(
        "Go back to a release",
        request=forms.RevertSerializer,
        answers={201: forms.ReleaseDetailSerializer},
        problems=(400, 404),
        example={"message": "The new prompt is too curt."},
        named=True,
        description="Publishes once more what it says, under a new number. Drafts stay as they are.",
    )
    @once(in_one_transaction=True)
    def post(self, request: MachineRequest, number: int) -> Response:
        asked = checked(forms.RevertSerializer, request.data)
        machine = request.user
        release = services.revert(
            tenant_id=machine.tenant_id, number=number, actor=machine.actor, message=asked["message"]
        )
        return _made(release)


class DraftRoom(Room):
    """A draft: usually there is one, called “next”."""

    scopes = {"GET": READ, "PUT": WRITE}

    @Described(
        "Read a draft",
        id="releases_draft_read",
        query=forms.DraftNameSerializer,
        answers={200: forms.DraftSerializer},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest) -> Response:
        asked = checked(forms.DraftNameSerializer, request.query_params)
        draft = queries.draft_named(request.user.tenant_id, asked["name"])
        return Response(_draft(draft))

    @Described(
        "Change a draft",
        id="releases_draft_change",
        request=forms.DraftChangeSerializer,
        answers={200: forms.DraftSerializer},
        problems=(400, 409),
        example=CHANGE,
        description=(
            "What is not named stays as it is. With `version` 0 the draft is begun from what is live. Where somebody "
            "has saved it since the version you name, nothing is written and it is 409 `draft_changed`: read it "
            "again and bring both changes together. Half-finished work can be kept: `problems` says what has to be "
            "done before it can be published."
        ),
    )
    def put(self, request: MachineRequest) -> Response:
        asked, machine = checked(forms.DraftChangeSerializer, request.data), request.user
        with tenant_scope(machine.tenant_id):
            draft = queries.find_draft(machine.tenant_id, asked["name"])
            if draft is None and asked["version"]:
                raise NoDraftYet
            draft = draft or services.start_draft(
                tenant_id=machine.tenant_id, name=asked["name"], actor=machine.actor
            )
            kept = services.edit(
                tenant_id=machine.tenant_id,
                draft_id=draft.pk,
                version=asked["version"] or 1,
                change=lambda before: read(asked["configuration"], before),
                actor=machine.actor,
            )
        return Response(_draft(kept))


class Diff(Room):
    """What is different."""

    scopes = {"GET": READ}

    @Described(
        "Compare two releases or drafts",
        id="releases_diff",
        query=forms.ComparedSerializer,
        answers={200: forms.DiffSerializer},
        problems=(400, 404),
    )
    def get(self, request: MachineRequest) -> Response:
        asked = checked(forms.ComparedSerializer, request.query_params)
        before, after = (_named(request.user.tenant_id, asked[side]) for side in ("before", "after"))
        return Response(forms.DiffSerializer({"changes": differing.changes(before, after)}).data)


def _named(tenant_id: int, key: str) -> Configuration:
    word, sign, name = key.partition(":")
    if word == "draft":
        return configuration_of(queries.draft_named(tenant_id, name if sign else NEXT))
    if key == "live":
        live = queries.latest(tenant_id)
        if live is None:
            raise queries.NoSuchRelease
        return configuration_of(live)
    if not (key.isascii() and key.isdecimal()) or len(key) > 9:
        raise queries.NoSuchRelease
    return configuration_of(queries.by_number(tenant_id, int(key)))


def _live(tenant_id: int) -> int:
    newest = queries.latest(tenant_id)
    return newest.number if newest else 0


def _summary(release: Release, live: int) -> dict[str, Any]:
    names = ("number", "message", "published_by", "published_at", "reverts")
    return {name: getattr(release, name) for name in names} | {"is_live": release.number == live}


def _detail(release: Release, live: int) -> Any:
    told = _summary(release, live) | {"configuration": columns_of(configuration_of(release))}
    return forms.ReleaseDetailSerializer(told).data


def _made(release: Release) -> Response:
    location = reverse("api:release", [release.number])
    return Response(_detail(release, release.number), status=201, headers={"Location": location})


def _draft(draft: Draft) -> Any:
    told = {name: getattr(draft, name) for name in ("name", "base", "version", "edited_by", "edited_at")}
    configuration = configuration_of(draft)
    told["configuration"] = columns_of(configuration)
    told["problems"] = check(tenant_by_id(draft.tenant_id), configuration, now=timezone.now())
    return forms.DraftSerializer(told).data
