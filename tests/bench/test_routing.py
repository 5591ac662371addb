from bench import routing

FIGURES = {
    "pulled": {"taken": 1_000, "rate": 310.0, "p50_ms": 20.0, "p95_ms": 45.0},
    "pushed": {"offered": 1_000, "rate": 900.0},
    "doubled": 0,
    "over": 0,
    "lost": 0,
}


def test_a_hand_off_that_two_people_got_is_a_missed_goal():
    assert [goal.is_met for goal in routing.goals(FIGURES)] == [True, True, True]
    assert [goal.is_met for goal in routing.goals(FIGURES | {"doubled": 1})] == [True, True, False]
    assert [goal.is_met for goal in routing.goals(FIGURES | {"lost": 2})] == [True, True, False]


def test_the_report_says_how_many_were_taken_and_how_fast():
    lines = routing.text(FIGURES).splitlines()

    assert "1000 of 1000 at 310/s" in lines[1]
    assert "1000 of 1000 at 900/s" in lines[2]
