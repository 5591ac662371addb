"""What the API shows of runs and approvals, as it is documented."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from conversations.approvals import MOST_REASON
from conversations.models import ApprovalStatus, RunStatus, StepStatus
from integrations.api.serializers import ListedSerializer


def dollars() -> serializers.DecimalField:
    """An amount of US dollars, as text with nine decimals, so that no cent is lost in a float."""
    return serializers.DecimalField(max_digits=24, decimal_places=9, help_text="US dollars.")


class ChargeSerializer(serializers.Serializer):
    """One call of a model on the ledger."""

    step = serializers.IntegerField()
    provider = serializers.CharField()
    model = serializers.CharField()
    prompt_tokens = serializers.IntegerField()
    completion_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField(help_text="Of the prompt's, those that the provider remembered.")
    cost_usd = dollars()
    estimated = serializers.BooleanField(help_text="The provider did not count; we did.")
    lost = serializers.BooleanField(help_text="Nobody knows how it ended: charged in full.")
    at = serializers.DateTimeField()


class CallSerializer(serializers.Serializer):
    name = serializers.CharField()
    arguments = serializers.JSONField(help_text="An object; as text where the model wrote no JSON.")


class CitationSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    passage = serializers.CharField()
    title = serializers.CharField()
    heading = serializers.CharField()
    quote = serializers.CharField()
    url = serializers.CharField()


class OriginSerializer(serializers.Serializer):
    path = serializers.CharField(help_text="Of the argument, such as `address.city`.")
    origin = serializers.CharField(
        help_text="customer, confirmed, profile, record:TOOL, catalogue:TOOL, constant, free, approval or untraced."
    )


class TaintSerializer(serializers.Serializer):
    """Where the values of a call came from, once the assistant had read what others wrote."""

    action = serializers.CharField(help_text="made, refused, or approved by a member.")
    why = serializers.CharField(help_text="What was wrong; empty where nothing was.")
    read = serializers.ListField(
        child=serializers.CharField(), help_text="Tools that others' text came from."
    )
    arguments = OriginSerializer(many=True)


class CheckSerializer(serializers.Serializer):
    """A guardrail's verdict about a text; `label` is the class, where the check knows several."""

    def get_fields(self) -> dict[str, Any]:
        # A field of this name would hide what every field has of that name.
        return {**super().get_fields(), "label": serializers.CharField(required=False)}

    check = serializers.CharField(help_text="Its name.")
    version = serializers.IntegerField()
    score = serializers.FloatField()
    flagged = serializers.BooleanField()
    action = serializers.CharField(help_text="allow, mask, rewrite, reply, hand_over or block.")
    reasons = serializers.ListField(child=serializers.CharField(), required=False)
    monitored = serializers.BooleanField(required=False, help_text="It would have acted, and only watched.")
    failed = serializers.JSONField(required=False, help_text="The check failed itself, and how.")
    micros = serializers.IntegerField(required=False, help_text="Microseconds that it took.")
    sentence = serializers.IntegerField(required=False, help_text="Of an answer, from 0.")


class StepSerializer(serializers.Serializer):
    """One call of a model or a tool."""

    number = serializers.IntegerField(help_text="Its place; `run:number` is the key of what a tool did.")
    kind = serializers.ChoiceField(choices=["model", "tool"])
    name = serializers.CharField(help_text="The model or the tool.")
    status = serializers.ChoiceField(choices=StepStatus.choices)
    is_error = serializers.BooleanField()
    detail = serializers.CharField(help_text="How a model's call ended, or the code of what went wrong.")
    text = serializers.CharField(help_text="What the model wrote, or the tool's result.")
    call = CallSerializer(allow_null=True, help_text="Of a tool's step: the call that was made.")
    calls = CallSerializer(many=True, help_text="Of a model's step: what it asked for.")
    citations = CitationSerializer(many=True)
    route = serializers.CharField(help_text="Which account and model answered.")
    seconds = serializers.FloatField(allow_null=True, help_text="null while it is open.")
    prompt_tokens = serializers.IntegerField()
    completion_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    cost_usd = dollars()
    started_at = serializers.DateTimeField()
    taint = TaintSerializer(allow_null=True, help_text="Of a tool's step, where its values had to be traced.")
    checks = CheckSerializer(many=True, help_text="What the guardrails said of the step's text.")


class RunLineSerializer(serializers.Serializer):
    """The work on one answer."""

    id = serializers.UUIDField(source="run.public_id")
    conversation = serializers.UUIDField(source="run.conversation.public_id")
    status = serializers.ChoiceField(source="run.status", choices=RunStatus.choices)
    level = serializers.CharField(
        source="run.level", help_text="model, fallback_model, stored_answers, person"
    )
    reason = serializers.CharField(
        source="run.reason", help_text="Why it ended as it did, or what it waits for."
    )
    choice = serializers.CharField(source="run.choice", help_text="Which model was chosen, and why.")
    attempt = serializers.IntegerField(
        source="run.attempt", help_text="How many processes have worked on it."
    )
    crashes = serializers.IntegerField(source="run.crashes", help_text="How many of them died.")
    upto_seq = serializers.IntegerField(source="run.upto_seq", help_text="The last message that it answers.")
    answer_seq = serializers.IntegerField(source="run.answer_seq", allow_null=True)
    prompt_tokens = serializers.IntegerField(source="run.prompt_tokens")
    completion_tokens = serializers.IntegerField(source="run.completion_tokens")
    cached_tokens = serializers.IntegerField(source="run.cached_tokens")
    cost_usd = dollars()
    started_at = serializers.DateTimeField(source="run.started_at")
    finished_at = serializers.DateTimeField(source="run.finished_at", allow_null=True)


class RunsSerializer(serializers.Serializer):
    items = RunLineSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page.")


class PromptSerializer(serializers.Serializer):
    """A message of a prompt."""

    role = serializers.CharField()
    text = serializers.CharField()


class ToolSerializer(serializers.Serializer):
    description = serializers.CharField(source="spec.description")
    risk = serializers.CharField(source="policy.risk.value")
    parameters = serializers.JSONField(source="spec.parameters", help_text="JSON Schema of the arguments.")


class ApprovalSerializer(serializers.Serializer):
    """A call that awaits, or had, a person's yes or no."""

    id = serializers.UUIDField(source="approval.public_id")
    status = serializers.ChoiceField(source="approval.status", choices=ApprovalStatus.choices)
    conversation = serializers.UUIDField(source="approval.conversation.public_id")
    run = serializers.UUIDField(source="approval.run.public_id")
    step = serializers.IntegerField(source="approval.number")
    tool = serializers.CharField(source="approval.tool")
    about = ToolSerializer(
        source="tool", allow_null=True, help_text="null: the tool is not on offer any more."
    )
    arguments = serializers.JSONField(source="approval.arguments", help_text="As the assistant wrote them.")
    edited = serializers.JSONField(
        source="approval.edited", allow_null=True, help_text="Those approved instead."
    )
    why = serializers.CharField(source="approval.why")
    knows = serializers.JSONField(
        source="approval.knows", help_text="`identity` of the customer, and `customer_said`, her last words."
    )
    created_at = serializers.DateTimeField(source="approval.created_at")
    expires_at = serializers.DateTimeField(source="approval.expires_at")
    decided_by = serializers.CharField(source="approval.decided_by")
    decided_at = serializers.DateTimeField(source="approval.decided_at", allow_null=True)
    reason = serializers.CharField(source="approval.reason")


class ApprovalDetailSerializer(ApprovalSerializer):
    """An approval with what the assistant did before it asked."""

    steps = StepSerializer(many=True)


class ApprovalsSerializer(serializers.Serializer):
    items = ApprovalSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null on the last page.")


class ApprovalsQuerySerializer(ListedSerializer):
    status = serializers.ChoiceField(choices=ApprovalStatus.choices, required=False, default="")


class VerdictSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=["approve", "refuse"])
    reason = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=MOST_REASON, help_text="Needed to refuse."
    )
    arguments = serializers.DictField(
        required=False, allow_null=True, default=None, help_text="To approve with these instead."
    )


class DecidedSerializer(serializers.Serializer):
    """What was decided about a step of a run."""

    id = serializers.UUIDField(source="public_id")
    step = serializers.IntegerField(source="number")
    status = serializers.ChoiceField(choices=ApprovalStatus.choices)
    edited = serializers.JSONField(allow_null=True)
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class RunSerializer(RunLineSerializer):
    """The work on one answer, with the prompt as it was sent first and every step in order."""

    prompt = PromptSerializer(many=True)
    checks = CheckSerializer(
        source="run.checks", many=True, help_text="What the guardrails said of the customer's words."
    )
    steps = StepSerializer(many=True)
    approvals = DecidedSerializer(many=True)
    charges = ChargeSerializer(many=True)
