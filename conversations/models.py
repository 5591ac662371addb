"""Customers, conversations, their event log, and the runs that answer them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class Identity(models.TextChoices):
    """How far a customer is known."""

    ANONYMOUS = "anonymous", _("Anonymous")
    CLAIMED = "claimed", _("Claimed")
    SIGNED = "signed", _("Signed")
    STEPPED_UP = "stepped_up", _("Stepped up")


class Owner(models.TextChoices):
    """Who answers a conversation."""

    AI = "ai", _("Assistant")
    QUEUE = "queue", _("Waiting for a person")
    AGENT = "agent", _("Person")
    CLOSED = "closed", _("Closed")


class EventType(models.TextChoices):
    """The kinds of rows a conversation's log has."""

    MESSAGE = "message", _("Message")
    HANDOFF = "handoff", _("Hand-off")
    OWNER = "owner", _("Owner changed")
    FEEDBACK = "feedback", _("Feedback")
    NOTE = "note", _("Private note")
    NOTICE = "notice", _("Notice")
    TOOL = "tool", _("Tool call")


class RunStatus(models.TextChoices):
    """A run that waits, or is ready to go on, is held by no process: only its row knows of it."""

    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for an approval")
    READY = "ready", _("Ready to go on")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped: the conversation had changed hands")
    FAILED = "failed", _("Failed")


class StepStatus(models.TextChoices):
    STARTED = "started", _("Started: how it ended is not known yet")
    WAITING = "waiting", _("Waiting for an approval")
    DONE = "done", _("Done")


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn: the conversation went on without it")


class Customer(TenantOwned):
    """The tenant's end user."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 — NULL is "no such id", unique
    identity = models.CharField(max_length=12, choices=Identity.choices, default=Identity.ANONYMOUS)
    name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    segments = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    verified_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_customer_public"),
            models.UniqueConstraint(fields=["tenant", "external_id"], name="conversations_customer_external"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"Visitor {str(self.public_id)[:8]}"


class Conversation(TenantOwned):
    """One thread with a customer. `last_seq` is the log's head; `owner_version` counts changes of hands."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    customer = TenantForeignKey(Customer, related_name="conversations")
    customer_id: int
    release = TenantForeignKey("releases.Release", related_name="+")
    release_id: int
    owner = models.CharField(max_length=6, choices=Owner.choices, default=Owner.AI)
    owner_version = models.PositiveIntegerField(default=1)
    agent = models.ForeignKey(
        "tenants.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    episode = models.PositiveIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    customer_seq = models.PositiveIntegerField(default=0)
    answered_seq = models.PositiveIntegerField(default=0)
    read_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_conversation_public"),
            models.CheckConstraint(
                condition=models.Q(answered_seq__lte=models.F("last_seq"))
                & models.Q(customer_seq__lte=models.F("last_seq")),
                name="conversations_seq_in_log",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="conversations_recent"),
            models.Index(fields=["tenant", "customer", "-id"], name="conversations_by_customer"),
        ]

    def __str__(self) -> str:
        return f"Conversation {str(self.public_id)[:8]}"

    @property
    def is_open(self) -> bool:
        return self.owner != Owner.CLOSED


class Episode(TenantOwned):
    """From opening to resolution; a reopened conversation starts the next one."""

    conversation = TenantForeignKey(Conversation, related_name="episodes")
    number = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "conversation", "number"], name="conversations_episode_once"
            )
        ]

    def __str__(self) -> str:
        return f"Episode {self.number}"


class Event(TenantOwned):
    """One row of a conversation's log."""

    conversation = TenantForeignKey(Conversation, related_name="events")
    conversation_id: int
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=12, choices=EventType.choices)
    author_kind = models.CharField(max_length=8)
    author_id = models.CharField(max_length=64, blank=True)
    author_name = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    client_id = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 — NULL is "not sent by a client"
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "seq"], name="conversations_event_seq"),
            models.UniqueConstraint(
                fields=["tenant", "conversation", "client_id"],
                condition=models.Q(client_id__isnull=False),
                name="conversations_event_client_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class Run(TenantOwned):
    """The durable record of answering one turn: who works on it until when, what it costs, and how it ended.

    `attempt` counts who has worked on it, `crashes` how many of them died; `prompt` is the first prompt as it was
    sent, as JSON; `said` is the number of the last step whose words are in the log already; `choice` says which
    model was chosen and why.
    """

    public_id = models.UUIDField(default=new_public_id, editable=False)
    conversation = TenantForeignKey(Conversation, related_name="runs")
    conversation_id: int
    status = models.CharField(max_length=8, choices=RunStatus.choices, default=RunStatus.RUNNING)
    owner_version = models.PositiveIntegerField()
    upto_seq = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField(default=1)
    crashes = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField()
    level = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    choice = models.CharField(max_length=160, blank=True)
    prompt = models.TextField(blank=True)
    said = models.PositiveIntegerField(default=0)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    answer_seq = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One run in flight per conversation, whoever starts it.
            models.UniqueConstraint(
                fields=["tenant", "conversation"],
                condition=models.Q(status="running"),
                name="conversations_one_run_in_flight",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "lease_until"],
                condition=models.Q(status__in=["running", "ready"]),
                name="conversations_run_leases",
            ),
            models.Index(
                fields=["tenant", "conversation"],
                condition=models.Q(status__in=["waiting", "ready"]),
                name="conversations_run_held",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {str(self.public_id)[:8]}"


class Step(TenantOwned):
    """One model call or tool call of a run. `text` is what the model wrote, or the tool's result.

    `data` holds the rest: calls, arguments, citations, how it ended, which model, how many cents.
    """

    run = TenantForeignKey(Run, related_name="steps")
    run_id: int
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=5)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=7, choices=StepStatus.choices)
    is_error = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "number"], name="conversations_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Approval(TenantOwned):
    """A person's yes or no to one call of a tool. `knows` is what the assistant knew when it asked."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    run = TenantForeignKey(Run, related_name="approvals")
    run_id: int
    conversation = TenantForeignKey(Conversation, related_name="approvals")
    conversation_id: int
    number = models.PositiveIntegerField()
    tool = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    why = models.CharField(max_length=300)
    knows = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    edited = models.JSONField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "number"], name="conversations_approval_once"),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="conversations_approval_public"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "expires_at"],
                condition=models.Q(status="pending"),
                name="conversations_approval_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tool} ({self.status})"


class KnownAnswer(TenantOwned):
    """An answer that an anonymous customer got, for who asks the same of the same release.

    `gist` is that of the question's telling words, `revision` that of the knowledge when `run` began to answer;
    `hits` counts at least most of the times it was given again.
    """

    release = TenantForeignKey("releases.Release", related_name="+", db_index=False)
    release_id: int
    digest = models.CharField(max_length=64)
    gist = models.CharField(max_length=64)
    revision = models.BigIntegerField()
    run = models.UUIDField()
    question = models.CharField(max_length=300)
    text = models.TextField()
    citations = models.JSONField(default=list)
    level = models.CharField(max_length=16)
    route = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField()
    hits = models.PositiveIntegerField(default=0)
    last_hit_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "release", "digest"], name="conversations_knownanswer_once"
            ),
            models.UniqueConstraint(fields=["tenant", "run"], name="conversations_knownanswer_run"),
        ]
        indexes = [
            models.Index(fields=["tenant", "release", "gist"], name="conversations_known_gist"),
            models.Index(fields=["tenant", "created_at"], name="conversations_known_age"),
        ]

    def __str__(self) -> str:
        return self.question


class Summary(TenantOwned):
    """What was said in a conversation up to a `seq`, in few words: stands for those messages in prompts."""

    conversation = TenantForeignKey(Conversation, related_name="summaries", db_index=False)
    conversation_id: int
    upto_seq = models.PositiveIntegerField()
    text = models.TextField()
    route = models.CharField(max_length=240, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("summaries")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation"], name="conversations_summary_once")
        ]

    def __str__(self) -> str:
        return f"Summary up to {self.upto_seq}"


class VerificationCode(TenantOwned):
    """A one-time code for a customer, asked for by one call. `code_digest` is empty until the mail is made.

    `checked_key` names the last call that tried a code; `address_digest` says where the code went.
    """

    customer = TenantForeignKey(Customer, related_name="codes", db_index=False)
    customer_id: int
    request_key = models.CharField(max_length=120)
    address_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "request_key"], name="conversations_code_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "customer", "-id"], name="conversations_code_newest"),
            models.Index(
                fields=["tenant", "address_digest", "created_at"], name="conversations_code_address"
            ),
        ]

    def __str__(self) -> str:
        return f"Code of {self.created_at:%Y-%m-%d %H:%M}"
