"""What a tenant knows: sources, versions of documents, and the pieces that are searched.

Invariant: only the current version of a document has chunks, so whatever a search finds is current. A chunk's
`search` holds its tenant's own mark, so that one inverted index serves all tenants at the cost of the asking
one alone.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField

from core.ids import new_public_id
from core.models import TenantForeignKey, TenantOwned


class SourceKind(models.TextChoices):
    UPLOAD = "upload", _("Upload")
    SEED = "seed", _("Seed")
    API = "api", _("API")


class Status(models.TextChoices):
    PENDING = "pending", _("Waiting to be read")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Refused")


class Source(TenantOwned):
    """Where documents come from; `language` is the PostgreSQL text search configuration of their text."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=SourceKind.choices)
    url = models.URLField(max_length=500, blank=True)
    language = models.CharField(max_length=40, default="english")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="knowledge_source_name")]

    def __str__(self) -> str:
        return self.name


class Document(TenantOwned):
    """One version of a document. Of each name in a source, at most one version is current."""

    public_id = models.UUIDField(default=new_public_id, editable=False)
    source = TenantForeignKey(Source, related_name="documents")
    source_id: int
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True)
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, blank=True)
    size = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    error = models.CharField(max_length=60, blank=True)
    is_current = models.BooleanField(default=False)
    waiting_bytes = models.BinaryField(null=True)
    uploaded_by = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "public_id"], name="knowledge_document_public_id"),
            models.UniqueConstraint(
                fields=["tenant", "source", "name", "version"], name="knowledge_document_version"
            ),
            models.UniqueConstraint(
                fields=["tenant", "source", "name"],
                condition=models.Q(is_current=True),
                name="knowledge_document_current",
            ),
            models.CheckConstraint(
                condition=models.Q(status="pending") | models.Q(waiting_bytes__isnull=True),
                name="knowledge_document_bytes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class Chunk(TenantOwned):
    """A piece of a current document: what is searched and cited."""

    document = TenantForeignKey(Document, related_name="chunks")
    document_id: int
    ordinal = models.PositiveIntegerField()
    heading = models.TextField(blank=True)
    question = models.TextField(blank=True)
    text = models.TextField()
    language = models.CharField(max_length=40)
    search = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document", "ordinal"], name="knowledge_chunk_ordinal")
        ]
        indexes = [GinIndex(fields=["search"], fastupdate=False, name="knowledge_chunk_search")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.ordinal}"


class Vector(TenantOwned):
    """A chunk in one model's space. Narrow rows: a search reads all of a tenant's."""

    chunk = TenantForeignKey(Chunk, related_name="vectors")
    chunk_id: int
    model = models.CharField(max_length=100)
    embedding = HalfVectorField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "model"], name="knowledge_vector_space")]

    def __str__(self) -> str:
        return f"{self.chunk_id} {self.model}"


class Revision(TenantOwned):
    """How often what a search may find was changed; goes up in the transaction of each change."""

    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="knowledge_revision_once")]

    def __str__(self) -> str:
        return str(self.number)


class Term(TenantOwned):
    """In how many of a tenant's chunks a word occurs; the empty word counts the chunks themselves."""

    language = models.CharField(max_length=40)
    lexeme = models.TextField()
    chunks = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "lexeme", "language"], name="knowledge_term_once")
        ]

    def __str__(self) -> str:
        return self.lexeme
