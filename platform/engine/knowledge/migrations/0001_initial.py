import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
import pgvector.django.halfvec
from django.db import migrations, models

import core.ids
import core.models
from core.rls import IsolateTenant


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(default=core.ids.new_public_id, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("url", models.URLField(blank=True, max_length=500)),
                ("version", models.PositiveIntegerField()),
                ("content_hash", models.CharField(max_length=64)),
                ("kind", models.CharField(blank=True, max_length=10)),
                ("size", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting to be read"),
                            ("ready", "Ready"),
                            ("failed", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=60)),
                ("is_current", models.BooleanField(default=False)),
                ("waiting_bytes", models.BinaryField(null=True)),
                ("uploaded_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("ordinal", models.PositiveIntegerField()),
                ("heading", models.TextField(blank=True)),
                ("question", models.TextField(blank=True)),
                ("text", models.TextField()),
                ("language", models.CharField(max_length=40)),
                ("search", django.contrib.postgres.search.SearchVectorField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "document",
                    core.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chunks",
                        to="knowledge.document",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(default=core.ids.new_public_id, editable=False)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("upload", "Upload"), ("seed", "Seed"), ("api", "API")], max_length=10
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500)),
                ("language", models.CharField(default="english", max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="document",
            name="source",
            field=core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="knowledge.source",
            ),
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("language", models.CharField(max_length=40)),
                ("lexeme", models.TextField()),
                ("chunks", models.IntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vector",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("model", models.CharField(max_length=100)),
                ("embedding", pgvector.django.halfvec.HalfVectorField()),
                (
                    "chunk",
                    core.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vectors",
                        to="knowledge.chunk",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="chunk",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search"], name="knowledge_chunk_search"
            ),
        ),
        migrations.AddConstraint(
            model_name="chunk",
            constraint=models.UniqueConstraint(
                fields=("tenant", "document", "ordinal"), name="knowledge_chunk_ordinal"
            ),
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(fields=("tenant", "name"), name="knowledge_source_name"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("tenant", "public_id"), name="knowledge_document_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("tenant", "source", "name", "version"), name="knowledge_document_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("tenant", "source", "name"),
                name="knowledge_document_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "pending"), ("waiting_bytes__isnull", True), _connector="OR"),
                name="knowledge_document_bytes",
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                fields=("tenant", "lexeme", "language"), name="knowledge_term_once"
            ),
        ),
        migrations.AddIndex(
            model_name="vector",
            index=models.Index(fields=["tenant", "model"], name="knowledge_vector_space"),
        ),
        IsolateTenant("knowledge_source"),
        IsolateTenant("knowledge_document", references={"source_id": "knowledge_source"}),
        IsolateTenant("knowledge_chunk", references={"document_id": "knowledge_document"}),
        IsolateTenant("knowledge_vector", references={"chunk_id": "knowledge_chunk"}),
        IsolateTenant("knowledge_term"),
        # Rows of 2 to 8 kB stay in their page: ranking reads `search` once a word, and unpacking it each time
        # costs more than the search itself.
        migrations.RunSQL(
            "ALTER TABLE knowledge_chunk SET (toast_tuple_target = 8160)",
            "ALTER TABLE knowledge_chunk RESET (toast_tuple_target)",
        ),
        migrations.RunSQL(
            "ALTER TABLE knowledge_vector ALTER COLUMN embedding SET STORAGE MAIN",
            "ALTER TABLE knowledge_vector ALTER COLUMN embedding SET STORAGE EXTERNAL",
        ),
    ]
