"""A tenant's tools as managers set them up: where they lead, what they take and give, and who may have them called."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TenantForeignKey, TenantOwned
from engine.tools.values import Policy
from engine.tools.values import Risk as RiskClass

TOOL_NAME = RegexValidator(
    r"\A[a-zA-Z0-9_-]{1,64}\Z", _("Use 1 to 64 letters, digits, dashes and underscores.")
)


class ConnectionKind(models.TextChoices):
    HTTP = "http", _("HTTP: an ordinary web API")
    MCP = "mcp", _("MCP: a server that lists its own tools")


class Auth(models.TextChoices):
    """How a connection says who is calling."""

    NONE = "none", _("No sign-in")
    BEARER = "bearer", _("Bearer token")
    HEADER = "header", _("Key in a header")
    BASIC = "basic", _("User name and password")
    OAUTH = "oauth", _("OAuth 2.1 (MCP only)")


class ToolKind(models.TextChoices):
    BUILTIN = "builtin", _("Built in")
    HTTP = "http", _("HTTP")
    MCP = "mcp", _("MCP")


class Method(models.TextChoices):
    GET = "GET", "GET"
    POST = "POST", "POST"
    PUT = "PUT", "PUT"
    PATCH = "PATCH", "PATCH"
    DELETE = "DELETE", "DELETE"


class Risk(models.TextChoices):
    """The words of `values.Risk` for people."""

    READ = RiskClass.READ.value, _("Reads only")
    WRITE = RiskClass.WRITE.value, _("Writes: can be repeated or taken back")
    IRREVERSIBLE = (
        RiskClass.IRREVERSIBLE.value,
        _("Irreversible: money leaves, a message goes out, data is gone"),
    )


class KnownAs(models.TextChoices):
    """The words of `values.IDENTITIES` for people."""

    ANONYMOUS = "anonymous", _("Anybody")
    CLAIMED = "claimed", _("Has given a name or address")
    SIGNED = "signed", _("Signed in with you")
    STEPPED_UP = "stepped_up", _("Signed in and confirmed by a one-time code")


class Taint(models.TextChoices):
    """The words of `values.TAINTS` for people."""

    USUAL = "", _("Usual: asked about for writes and for the customer's records, else made")
    TRACE = "trace", _("Not made: the assistant asks the customer to say or confirm it")
    APPROVE = "approve", _("A person of the team is asked")
    OPEN = "open", _("Made all the same")


class Results(models.TextChoices):
    """The words of `values.RESULTS` for people, but for that of our own tools."""

    UNTRUSTED = "untrusted", _("Anything: mails, pages, what others wrote")
    RECORDS = "records", _("The customer's own records: orders, contracts, addresses")
    CATALOGUE = "catalogue", _("Your own catalogue: products, branches, rates")


class AllowedHost(TenantOwned):
    """A host that the tenant's tools may call: `api.shop.example`, with a port, or `.shop.example` for all below."""

    host = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "host"], name="tools_allowedhost_once")]

    def __str__(self) -> str:
        return self.host


class Connection(TenantOwned):
    """One outside system: its address and how the platform signs in there."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=4, choices=ConnectionKind.choices, default=ConnectionKind.HTTP)
    base_url = models.URLField(max_length=500)
    auth = models.CharField(max_length=6, choices=Auth.choices, default=Auth.NONE)
    header_name = models.CharField(max_length=80, blank=True)
    username = models.CharField(max_length=120, blank=True)
    secret = TenantForeignKey("tenants.Secret", null=True, blank=True, related_name="+")
    secret_id: int | None
    oauth = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="tools_connection_name")]

    def __str__(self) -> str:
        return self.name


class Tool(TenantOwned):
    """A tool of a tenant's, or what it changed about a built-in one.

    `pinned` is the fingerprint of the description and schemas that a manager approved, `offered` of those last seen
    at the server; `proposal` holds the latter where they differ. `version` counts changes.
    """

    name = models.CharField(max_length=64, validators=[TOOL_NAME])
    kind = models.CharField(max_length=7, choices=ToolKind.choices, default=ToolKind.HTTP)
    connection = TenantForeignKey(Connection, null=True, blank=True, related_name="tools")
    connection_id: int | None
    description = models.TextField(blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    result_schema = models.JSONField(null=True, blank=True)
    method = models.CharField(max_length=6, choices=Method.choices, default=Method.GET, blank=True)
    url_template = models.CharField(max_length=1000, blank=True)
    result_path = models.CharField(max_length=200, blank=True)
    remote_name = models.CharField(max_length=200, blank=True)
    risk = models.CharField(max_length=12, choices=Risk.choices, default=Risk.READ)
    identity = models.CharField(max_length=10, choices=KnownAs.choices, default=KnownAs.ANONYMOUS)
    segments = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    releases = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    calls_per_minute = models.PositiveIntegerField(default=0)
    requires_approval = models.BooleanField(default=False)
    requires_verification = models.BooleanField(default=False)
    timeout_seconds = models.FloatField(default=15, validators=[MinValueValidator(1), MaxValueValidator(60)])
    result_bytes = models.PositiveIntegerField(
        default=16_384, validators=[MinValueValidator(256), MaxValueValidator(262_144)]
    )
    cache_seconds = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(86_400)])
    taint = models.CharField(max_length=7, choices=Taint.choices, default=Taint.USUAL, blank=True)
    results = models.CharField(max_length=9, choices=Results.choices, default=Results.UNTRUSTED)
    free_arguments = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    asked_with = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    enabled = models.BooleanField(default=True)
    pinned = models.CharField(max_length=64, blank=True)
    offered = models.CharField(max_length=64, blank=True)
    proposal = models.JSONField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="tools_tool_name"),
            models.CheckConstraint(
                condition=models.Q(kind=ToolKind.BUILTIN, connection__isnull=True)
                | (~models.Q(kind=ToolKind.BUILTIN) & models.Q(connection__isnull=False)),
                name="tools_tool_leads_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_review(self) -> bool:
        """Whether the server now says something else about the tool than what was approved."""
        return self.kind == ToolKind.MCP and self.offered != self.pinned

    @property
    def policy(self) -> Policy:
        return Policy(
            risk=RiskClass(self.risk),
            identity=self.identity,
            segments=tuple(self.segments),
            releases=tuple(self.releases),
            calls_per_minute=self.calls_per_minute,
            requires_approval=self.requires_approval,
            requires_verification=self.requires_verification,
            timeout_seconds=self.timeout_seconds,
            result_bytes=self.result_bytes,
            cache_seconds=self.cache_seconds,
            taint=self.taint,
            results=self.results,
            free_arguments=tuple(self.free_arguments),
            asked_with=tuple(self.asked_with),
        )


class ToolRevision(TenantOwned):
    """Counts a tenant's changes to its tools, so that processes see at a glance whether theirs are current."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="tools_toolrevision_once")]

    def __str__(self) -> str:
        return str(self.number)


class CallCount(TenantOwned):
    """Calls of one tool in one minute, counted here while Redis is out of reach."""

    tool_name = models.CharField(max_length=64)
    minute = models.PositiveBigIntegerField()
    calls = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "tool_name"], name="tools_callcount_once")]

    def __str__(self) -> str:
        return f"{self.tool_name}: {self.calls}"
