from dataclasses import replace

from bench import report
from bench.idle import Idle
from bench.load import Round
from bench.report import Figures, Goal, paired, ratio

ROUND = Round(
    server="A", sockets=20, seconds=2, turns=200, rate=100, p50_ms=10, p95_ms=20, first_ms=5, cpu_ms=1,
    rss_mb=50, frames_a_turn=21, fewest_turns=9, load=0.3, others=0.0,
)  # fmt: skip


def a_turn() -> list[Round]:
    rounds = []
    for sockets in (1, 20):
        for slowness in (1, 5, 2):
            rounds += [
                replace(ROUND, sockets=sockets, server="A"),
                replace(ROUND, sockets=sockets, server="R", cpu_ms=1.0 * slowness, rate=100 / slowness),
                replace(
                    ROUND,
                    sockets=sockets,
                    server="ours",
                    cpu_ms=1.5 * slowness,
                    rate=40 / slowness,
                    first_ms=8,
                ),
            ]
    return rounds


def test_neighbours_are_compared_so_that_a_busy_moment_cancels_out():
    assert paired(a_turn(), 20, ("ours", "R"), ratio(lambda one: one.cpu_ms)) == 1.5


def test_goals_say_what_was_met_and_what_was_missed():
    goals = report.goals(Figures(turn=a_turn(), idle=[Idle("ours", 2000, 50, 250, 102.4)]))

    assert [(goal.value, goal.is_met) for goal in goals] == [
        (1.5, True),
        (0.4, False),
        (3, True),
        (102.4, False),
    ]
    assert "MISSED" in goals[1].line
    assert "MISSED" not in goals[0].line


def test_a_bound_itself_is_met():
    assert Goal("at most", 2.0, 2.0).is_met
    assert Goal("at least", 0.5, 0.5, at_most=False).is_met


def test_noise_and_a_busy_load_generator_are_confessed():
    quiet = report.notes(Figures(turn=[ROUND]))
    noisy = report.notes(Figures(turn=[replace(ROUND, others=1.2)], echo=[replace(ROUND, load=0.97)]))

    assert quiet == []
    assert "1.2 cores" in noisy[0]
    assert "load generator was the limit" in noisy[1]


def test_what_is_kept_holds_every_round_and_judgement():
    kept = report.as_json(Figures(turn=a_turn()))

    assert len(kept["turn"]) == 18
    assert [goal["met"] for goal in kept["goals"]] == [True, False, True]


def test_the_table_has_a_line_for_each_side_and_size():
    lines = report.text(Figures(turn=a_turn())).splitlines()

    assert [line.split()[:2] for line in lines[2:8]] == [
        [name, size] for size in ("1", "20") for name in ("A", "R", "ours")
    ]
