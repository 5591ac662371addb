"""What the API takes and gives of releases."""

from __future__ import annotations

from rest_framework import serializers

from engine.releases.models import NEXT
from integrations.api.serializers import MOST_LISTED


class GuidelineSerializer(serializers.Serializer):
    when = serializers.CharField(help_text="The condition, in words for the model.")
    do = serializers.CharField(help_text="What to do then.")


class ConfigurationSerializer(serializers.Serializer):
    """What a release freezes. Given with a draft, what is not named stays as it is."""

    assistant_name = serializers.CharField(required=False, max_length=80)
    prompt = serializers.CharField(
        required=False,
        help_text="With {assistant}, {tenant}, {customer_name}, {language}, {today}, {guidelines} and your own.",
    )
    guidelines = GuidelineSerializer(many=True, required=False, help_text="At most 50.")
    variables = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Name -> what it stands for in the prompt."
    )
    model = serializers.CharField(required=False, help_text="Empty: the provider's own choice.")
    cheap_model = serializers.CharField(required=False, help_text="For simple questions; empty: none.")
    fallback_models = serializers.ListField(child=serializers.CharField(), required=False)
    temperature = serializers.FloatField(
        required=False, allow_null=True, help_text="0 to 2; null: the model's."
    )
    max_tokens = serializers.IntegerField(required=False, help_text="Longest reply.")
    tools = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, help_text="Names; null: all."
    )
    sources = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        allow_null=True,
        help_text="Names of the knowledge that is searched; null: all.",
    )
    limits = serializers.DictField(required=False, help_text="Of one answer: steps, tokens, cents, seconds …")
    guardrails = serializers.DictField(required=False, help_text="Where it differs from your guardrails.")
    escalation = serializers.DictField(
        required=False, help_text="Where it differs from your rules of handing over."
    )
    answer_cache = serializers.BooleanField(required=False)
    greeting = serializers.CharField(required=False, allow_blank=True, max_length=500)
    disclosure = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ReleaseSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    is_live = serializers.BooleanField(help_text="Whether conversations that begin now use it.")
    message = serializers.CharField(help_text="Why it was published.")
    published_by = serializers.CharField()
    published_at = serializers.DateTimeField()
    reverts = serializers.IntegerField(allow_null=True, help_text="The release that it repeats.")


class ReleaseDetailSerializer(ReleaseSerializer):
    """A release with what it says."""

    configuration = ConfigurationSerializer()


class ReleasesSerializer(serializers.Serializer):
    items = ReleaseSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page.")


class DraftNameSerializer(serializers.Serializer):
    """Which draft."""

    name = serializers.CharField(required=False, default=NEXT, max_length=60)


class ObstacleSerializer(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class DraftSerializer(serializers.Serializer):
    name = serializers.CharField()
    base = serializers.IntegerField(help_text="The release it began from; 0: none.")
    version = serializers.IntegerField(help_text="Counts the saves.")
    edited_by = serializers.CharField()
    edited_at = serializers.DateTimeField()
    configuration = ConfigurationSerializer()
    problems = ObstacleSerializer(many=True, help_text="What keeps it from being published.")


class DraftChangeSerializer(serializers.Serializer):
    """A change of a draft."""

    name = serializers.CharField(required=False, default=NEXT, max_length=60)
    version = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        help_text="Of the draft that the change was made to; 0 where there is none yet.",
    )
    configuration = serializers.DictField(help_text="See Configuration: what is to be different.")


class PublishSerializer(serializers.Serializer):
    name = serializers.CharField(required=False, default=NEXT, max_length=60)
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Of the draft as it was looked at."
    )
    message = serializers.CharField(max_length=500, help_text="Why, in a sentence.")


class RevertSerializer(serializers.Serializer):
    message = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class ListedReleasesSerializer(serializers.Serializer):
    cursor = serializers.CharField(
        required=False, default="", max_length=200, help_text="`next_cursor` of the page before."
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST_LISTED)


class ComparedSerializer(serializers.Serializer):
    """Which two."""

    before = serializers.CharField(
        required=False, default="live", max_length=80, help_text="A number, `live`, `draft` or `draft:NAME`."
    )
    after = serializers.CharField(required=False, default="draft", max_length=80, help_text="As `before`.")


class LineSerializer(serializers.Serializer):
    mark = serializers.ChoiceField(choices=["same", "add", "del", "gap"])
    text = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()
    lines = LineSerializer(many=True)


class DiffSerializer(serializers.Serializer):
    changes = ChangeSerializer(many=True)
