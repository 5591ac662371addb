"""What the API takes and gives, as it is documented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from conversations.frames import MOST_SEQ
from conversations.models import Conversation, Customer, Identity, Owner
from engine.knowledge.models import Document, Status
from engine.knowledge.queries import MAX_QUERY
from escalation.after.queries import ratings_of

MOST_MESSAGE = 8000
MOST_EVENTS = 200
MOST_WAIT = 25
MOST_LISTED = 100
MOST_PASSAGES = 20


class ProblemSerializer(serializers.Serializer):
    """An error, by RFC 9457."""

    type = serializers.CharField(help_text="Always 'about:blank': look at `code`.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What was wrong and what to do, in words.")
    code = serializers.CharField(help_text="The stable name of what was wrong.")
    retry_after = serializers.FloatField(required=False, help_text="Seconds until a second try makes sense.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.DictField(child=serializers.CharField())),
        required=False,
        help_text="By field: what was wrong with it.",
    )


class PersonSerializer(serializers.Serializer):
    """A customer as your server names her."""

    external_id = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="Her id in your own system."
    )
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, default="", allow_blank=True, max_length=254)


class OpeningSerializer(serializers.Serializer):
    customer = PersonSerializer(required=False, help_text="Without it: an anonymous visitor.")


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    id = serializers.UUIDField(source="public_id")
    identity = serializers.ChoiceField(choices=Identity.choices, help_text="How far she is known.")

    class Meta:
        model = Customer
        fields = ["id", "external_id", "identity", "name", "email"]


class RatingSerializer(serializers.Serializer):
    """What the customer said of an episode."""

    episode = serializers.IntegerField()
    score = serializers.IntegerField(help_text="1 to 5.")
    comment = serializers.CharField()
    created_at = serializers.DateTimeField()


class RateSerializer(serializers.Serializer):
    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)
    episode = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_SEQ, help_text="Without it: the one that ended last."
    )


class TranscriptSerializer(serializers.Serializer):
    email = serializers.EmailField(
        required=False, default="", allow_blank=True, max_length=254, help_text="Without it: her profile's."
    )


class TranscriptAskedSerializer(serializers.Serializer):
    to = serializers.CharField(help_text="The address, made unreadable but for its owner.")


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    id = serializers.UUIDField(source="public_id")
    customer = CustomerSerializer()
    owner = serializers.ChoiceField(choices=Owner.choices, help_text="Who answers.")
    release = serializers.IntegerField(source="release.number", help_text="The configuration that answers.")
    last_seq = serializers.IntegerField(help_text="The head of its log.")
    rating = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = [
            "id", "customer", "owner", "release", "episode", "last_seq", "rating", "created_at", "updated_at",
        ]  # fmt: skip

    @extend_schema_field(RatingSerializer(allow_null=True))
    def get_rating(self, row: Conversation) -> dict[str, Any] | None:
        """Her newest one; read once for all rows of a page, see `rated`."""
        found = self.context.get("ratings", {}).get(row.public_id)
        return RatingSerializer(found).data if found else None


class ListedSerializer(serializers.Serializer):
    """Query of a list."""

    cursor = serializers.CharField(
        required=False, default="", max_length=200, help_text="`next_cursor` of the page before."
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST_LISTED)


class ConversationsSerializer(serializers.Serializer):
    items = ConversationSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page.")


class MessageSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=MOST_MESSAGE)
    client_id = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,64}\Z",
        required=False,
        help_text="Your id of this message; sending it again changes nothing. Made from the Idempotency-Key, else new.",
    )


class AuthorSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["customer", "ai", "agent", "system"])
    name = serializers.CharField()


class EventSerializer(serializers.Serializer):
    """One row of a conversation's log, as the chat socket shows it."""

    type = serializers.CharField(help_text="Always 'event'.")
    seq = serializers.IntegerField()
    kind = serializers.CharField(help_text="message, handoff, owner, feedback, notice, hidden …")
    author = AuthorSerializer()
    text = serializers.CharField()
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="Of an answer: run, level, citations."
    )
    at = serializers.DateTimeField()
    client_id = serializers.CharField(required=False)


class TurnSerializer(serializers.Serializer):
    """What a message led to."""

    conversation = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="The message's place in the log.")
    owner = serializers.ChoiceField(choices=Owner.choices)
    answer = EventSerializer(allow_null=True, help_text="The assistant's answer, if it gave one.")
    events = EventSerializer(many=True, help_text="Everything after the message.")
    last_seq = serializers.IntegerField()


class EventsQuerySerializer(serializers.Serializer):
    after = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MOST_SEQ, help_text="The last seq you have."
    )
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=MOST_EVENTS)
    wait = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=MOST_WAIT,
        help_text="Seconds to wait for the first event after the cursor.",
    )


class EventsSerializer(serializers.Serializer):
    events = EventSerializer(many=True)
    next_after = serializers.IntegerField(help_text="The next call's `after`.")
    last_seq = serializers.IntegerField(help_text="The head of the log.")


class DocumentTextSerializer(serializers.Serializer):
    """A document as JSON."""

    name = serializers.CharField(
        max_length=200, help_text="Like a file's; the same name again is the document's next version."
    )
    text = serializers.CharField(trim_whitespace=False)
    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    url = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, default="API", max_length=120
    )


class DocumentFileSerializer(serializers.Serializer):
    """A document as a file."""

    file = serializers.FileField(help_text="Markdown, HTML, PDF, DOCX, TXT or CSV; at most 20 MB.")
    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    url = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, default="API", max_length=120
    )


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """One version of a document."""

    id = serializers.UUIDField(source="public_id")
    source = serializers.CharField(source="source.name")  # type: ignore[assignment]
    status = serializers.ChoiceField(choices=Status.choices)

    class Meta:
        model = Document
        fields = [
            "id", "source", "name", "title", "url", "version", "kind", "size", "status", "error", "is_current",
            "created_at",
        ]  # fmt: skip


class DocumentDetailSerializer(DocumentSerializer):
    """One version of a document with its text."""

    class Meta(DocumentSerializer.Meta):
        fields = [*DocumentSerializer.Meta.fields, "text"]


class DocumentsSerializer(serializers.Serializer):
    items = DocumentSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page.")


class SearchSerializer(serializers.Serializer):
    query = serializers.CharField(max_length=MAX_QUERY)
    k = serializers.IntegerField(required=False, default=5, min_value=1, max_value=MOST_PASSAGES)


class PassageSerializer(serializers.Serializer):
    """A piece of a document that may be shown and cited."""

    id = serializers.CharField()
    document = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField()
    heading = serializers.CharField()
    question = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()
    score = serializers.FloatField(help_text="0 to 1.")


class PassagesSerializer(serializers.Serializer):
    passages = PassageSerializer(many=True)


def rated(tenant_id: int, rows: Sequence[Conversation]) -> dict[str, Any]:
    """The context in which conversations are shown: their ratings."""
    return {"ratings": ratings_of(tenant_id, [row.public_id for row in rows])}


def checked(serializer: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """What came in, looked at.

    Raises:
        rest_framework.exceptions.ValidationError
    """
    given = serializer(data=data)
    given.is_valid(raise_exception=True)
    values: dict[str, Any] = given.validated_data
    return values
