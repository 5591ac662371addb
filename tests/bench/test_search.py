from bench import search

FIGURES = {
    "chunks": 150_000,
    "recall": 1.0,
    "search": {
        "search, 1000 chunks": {"p50_ms": 3.0, "p95_ms": 6.5},
        "search, 50000 chunks": {"p50_ms": 30.0, "p95_ms": 41.0},
    },
    "queries": {
        "search, 1000 chunks": {"rls_ms": 3.0, "explicit_ms": 2.9, "ratio": 1.03},
        "words, 50000 chunks": {"rls_ms": 47.7, "explicit_ms": 0.94, "ratio": 50.7},
    },
}


def test_the_dearest_query_speaks_for_row_level_security():
    found = search.goals(FIGURES)

    assert [(goal.value, goal.is_met) for goal in found] == [(6.5, True), (1.0, True), (50.7, False)]
    assert "words, 50000 chunks" in found[2].name


def test_a_missed_neighbour_is_a_missed_goal():
    assert not search.goals(FIGURES | {"recall": 0.99})[1].is_met


def test_every_query_has_a_line():
    lines = search.text(FIGURES).splitlines()

    assert "recall 1" in lines[0]
    assert lines[2].split()[-1] == "6.50"
    assert lines[3].split()[-1] == "50.70"
