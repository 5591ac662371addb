"""Real PostgreSQL and Valkey servers that run from wheels, for the demo, the tests and the bench.

Standard library and psycopg only. A production installation brings its own servers instead.
"""

from embedded.bootstrap import BootstrapFailed, Databases, bootstrap
from embedded.postgres import Postgres
from embedded.processes import EmbeddedError
from embedded.valkey import Valkey

__all__ = ["BootstrapFailed", "Databases", "EmbeddedError", "Postgres", "Valkey", "bootstrap"]
