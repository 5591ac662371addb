"""What the API takes and gives about the desk, as it is documented."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from conversations.models import Identity, Owner
from escalation.desk.deeds import DEEDS
from escalation.desk.filters import OWNERS, URGENCIES, VIEWS
from escalation.models import HandoffStatus, Priority
from integrations.api.serializers import EventSerializer

MOST_LISTED = 100
_ACTOR = "Address of the member in whose name the key acts. Her role and teams decide what she may do."


class ActingSerializer(serializers.Serializer):
    """Query of what may be asked in a member's name."""

    actor = serializers.EmailField(
        required=False,
        default="",
        max_length=254,
        help_text="Address of the member whose view is wanted; without it all that there is.",
    )


class DeskListedSerializer(ActingSerializer):
    """Query of a list at the desk."""

    view = serializers.ChoiceField(choices=VIEWS, required=False, default="all")
    team = serializers.CharField(required=False, max_length=80, help_text="A team's name.")
    tag = serializers.CharField(required=False, max_length=40)
    owner = serializers.ChoiceField(choices=sorted(OWNERS), required=False)
    language = serializers.CharField(required=False, max_length=8)
    urgency = serializers.ChoiceField(choices=list(URGENCIES), required=False)
    customer = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(
        choices=HandoffStatus.choices, required=False, help_text="Of the last hand-off."
    )
    q = serializers.CharField(required=False, max_length=200, help_text="Words that must all be found.")
    since = serializers.CharField(required=False, max_length=40, help_text="A day or a moment.")
    until = serializers.CharField(required=False, max_length=40)
    cursor = serializers.CharField(required=False, default="", max_length=200)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST_LISTED)


class DeskRowSerializer(serializers.Serializer):
    """A conversation in a list."""

    conversation = serializers.UUIDField()
    customer = serializers.CharField()
    identity = serializers.ChoiceField(choices=Identity.choices)
    owner = serializers.ChoiceField(choices=Owner.choices)
    agent = serializers.CharField(help_text="Who has it, by name.")
    mine = serializers.BooleanField()
    seq = serializers.IntegerField(help_text="The head of its log.")
    at = serializers.DateTimeField()
    preview = serializers.CharField()
    subject = serializers.CharField()
    team = serializers.CharField()
    urgency = serializers.ChoiceField(choices=list(URGENCIES))
    tags = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    mood = serializers.FloatField(allow_null=True, help_text="-1 to 1.")
    status = serializers.CharField(help_text="Of the last hand-off; empty: there was none.")
    waiting_since = serializers.DateTimeField(allow_null=True)
    reply_due_at = serializers.DateTimeField(allow_null=True)
    resolve_due_at = serializers.DateTimeField(allow_null=True)
    breached = serializers.BooleanField()
    unread = serializers.IntegerField()
    approvals = serializers.IntegerField(help_text="Calls that await a yes.")
    channel = serializers.CharField()
    repeat = serializers.BooleanField(
        help_text="She came back within a week of an episode that was resolved."
    )


class DeskRowsSerializer(serializers.Serializer):
    items = DeskRowSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page.")


class CountsSerializer(serializers.Serializer):
    """How many conversations each view holds, counted up to 999."""

    def get_fields(self) -> dict[str, Any]:
        return {view: serializers.IntegerField() for view in VIEWS}


def _objects(help_text: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.DictField(), help_text=help_text)


class TalkSerializer(serializers.Serializer):
    """A conversation with all that stands beside it."""

    row = DeskRowSerializer()
    customer = serializers.DictField(help_text="Her card.")
    episodes = _objects("From opening to resolution, with what each came to.")
    handoff = serializers.DictField(allow_null=True, help_text="The last one, with its packet.")
    approvals = _objects("Calls that await a yes.")
    participants = _objects("Members who take part.")
    tags = serializers.ListField(child=serializers.CharField())
    draft = serializers.DictField(allow_null=True, help_text="What the member was writing.")
    reads = serializers.DictField(help_text="How far the customer and the members have read.")
    attachments = _objects("Files, the newest first.")
    older = DeskRowSerializer(many=True, help_text="The customer's other conversations.")
    tickets = _objects("The customer's open tickets.")


class ThingsSerializer(serializers.Serializer):
    """What a desk is furnished with."""

    canned = _objects("Ready texts.")
    macros = _objects("Macros.")
    tags = _objects("Tags.")
    dispositions = serializers.ListField(child=serializers.CharField())
    teams = _objects("Teams.")
    members = _objects("Who works at the desk, and whether she is there.")
    views = _objects("Saved searches.")


class DeskLogQuerySerializer(ActingSerializer):
    before = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    after = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=200)


class DeskLogSerializer(serializers.Serializer):
    """A piece of a log as members see it, private notes included."""

    events = EventSerializer(many=True)


class DeedSerializer(serializers.Serializer):
    """A deed, and the fields that it takes: the others are not looked at."""

    do = serializers.ChoiceField(choices=sorted(DEEDS))
    actor = serializers.EmailField(max_length=254, help_text=_ACTOR)
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=8000, help_text="reply, note, draft"
    )
    client_id = serializers.CharField(
        required=False,
        max_length=40,
        help_text="reply, note, ticket: names it; the same again is the same one.",
    )
    attachments = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=10,
        help_text="reply, note: ids.",
    )
    whisper = serializers.BooleanField(required=False, help_text="note: from who leads.")
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=4000, help_text="return, resolve, transfer"
    )
    scope = serializers.ChoiceField(
        choices=["conversation", "question"], required=False, help_text="return: how long the note holds."
    )
    disposition = serializers.CharField(required=False, max_length=80, help_text="resolve")
    team = serializers.CharField(required=False, max_length=80, help_text="transfer, take_next: its name.")
    member = serializers.CharField(required=False, max_length=254, help_text="transfer, invite: her address.")
    tag = serializers.CharField(required=False, max_length=40, help_text="tag, untag")
    urgency = serializers.ChoiceField(choices=list(URGENCIES), required=False, help_text="urgency")
    macro = serializers.CharField(required=False, max_length=80, help_text="macro: its name.")
    shortcut = serializers.CharField(required=False, max_length=40, help_text="canned")
    is_note = serializers.BooleanField(required=False, help_text="draft")
    seq = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1, help_text="read")
    presence = serializers.CharField(required=False, max_length=8, help_text="presence")
    subject = serializers.CharField(required=False, max_length=200, help_text="ticket")
    body = serializers.CharField(required=False, allow_blank=True, max_length=4000, help_text="ticket")
    priority = serializers.ChoiceField(choices=Priority.choices, required=False, help_text="ticket")
    approval = serializers.CharField(required=False, max_length=64, help_text="approve, refuse")
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="approve, refuse"
    )
    arguments = serializers.DictField(required=False, help_text="approve: to call with instead.")
    handoff = serializers.CharField(required=False, max_length=64, help_text="accept, decline")
    name = serializers.CharField(required=False, max_length=80, help_text="save_view")
    filters = serializers.DictField(required=False, help_text="save_view: as the query of the list.")
    shared = serializers.BooleanField(required=False, help_text="save_view: for everybody.")
    view = serializers.CharField(required=False, max_length=64, help_text="remove_view")


class DoneSerializer(serializers.Serializer):
    """What came of a deed."""

    events = EventSerializer(many=True, help_text="What it wrote into the log.")
    result = serializers.DictField(help_text="What else there is to say, by deed.")


class FileFormSerializer(serializers.Serializer):
    """A file, as a form."""

    file = serializers.FileField(
        help_text="PNG, JPEG, GIF, WebP, PDF, TXT, CSV, DOCX or XLSX, by its content; at most 10 MB."
    )
    actor = serializers.EmailField(max_length=254, help_text=_ACTOR)


class FileSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Cleaned, with an ending that fits.")
    kind = serializers.CharField(help_text="The media type of its content.")
    size = serializers.IntegerField(help_text="Bytes.")


class CannedSerializer(serializers.Serializer):
    """A ready text."""

    id = serializers.IntegerField(read_only=True)
    shortcut = serializers.CharField(max_length=40)
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(
        max_length=8000, trim_whitespace=False, help_text="May hold variables: {{ customer.name }} …"
    )
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=8)
    team = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=80,
        help_text="A team's name; empty: everybody's.",
    )


class MacroSerializer(serializers.Serializer):
    """Several deeds under one name."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80)
    steps = serializers.ListField(
        child=serializers.DictField(), max_length=12, help_text="`{do, …}` in order; see docs/desk.md."
    )


class TagSerializer(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=40)
    colour = serializers.CharField(required=False, default="#5b6472", max_length=7)


class DispositionSerializer(serializers.Serializer):
    """What a conversation may come to."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=80)
    position = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**15 - 1)
    is_active = serializers.BooleanField(required=False, default=True)


def listed(item: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """A list of such items, all of them."""
    fields = {"items": item(many=True)}
    return type(item.__name__.replace("Serializer", "ListSerializer"), (serializers.Serializer,), fields)


CannedList, MacroList = listed(CannedSerializer), listed(MacroSerializer)
TagList, DispositionList = listed(TagSerializer), listed(DispositionSerializer)
