"""`python -m tests.simulation`: the whole day, with its note printed. Takes some minutes."""

import sys

import pytest

sys.exit(pytest.main(["tests/simulation", "-m", "long", "-s"]))
