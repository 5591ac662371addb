from bench import budgets

SPREAD = {"reserve_p50_ms": 0.6, "settle_p50_ms": 0.6, "pair_p50_ms": 1.2, "pair_p95_ms": 2.0}
FIGURES = {
    "alone": SPREAD,
    "busy": SPREAD,
    "rate": 1100.0,
    "samples": 500,
    "overdrawn": 0,
    "tight": {"limit": 500, "granted": 500, "told": 2},
}


def test_a_purse_beyond_its_limit_is_a_missed_goal():
    assert [goal.is_met for goal in budgets.goals(FIGURES)] == [True, True, True]
    assert [goal.is_met for goal in budgets.goals(FIGURES | {"overdrawn": 1})] == [True, True, False]


def test_the_report_says_what_was_granted_at_the_limit():
    lines = budgets.text(FIGURES).splitlines()

    assert lines[2].split()[-2:] == ["1.200", "2.000"]
    assert "500 granted" in lines[-1]
