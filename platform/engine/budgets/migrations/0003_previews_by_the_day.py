"""What is tried in the playground is limited by the day: a morning's trying must not use up the month."""

from pathlib import Path

from django.db import migrations

_FOLDER = Path(__file__).with_name("functions")
_BEFORE = (_FOLDER / "applying.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0002_one_purse_at_a_time"),
    ]

    operations = [
        migrations.RunSQL((_FOLDER / "third" / "applying.sql").read_text(), _BEFORE),
    ]
