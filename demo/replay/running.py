"""A whole replay: starts what is needed, plays, kills, and holds everything against the record.

Invariant: whatever was started ends, however the replay ends. Children are started, killed and restarted by the main
thread; the players run beside it.
"""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from conversations.journal import NoSuchConversation
from demo.replay import holding, ledger, processes, queries, tenants
from demo.replay.chances import LONG_HANG, SHORT_HANG, Chances
from demo.replay.killing import Killer
from demo.replay.model import ModelServer, Scripted
from demo.replay.playing import Played, Player
from demo.replay.processes import Child
from demo.replay.report import Report, TaskReport, TenantReport
from demo.replay.shopkeeper import Shopkeeper
from demo.replay.tasks import Expected
from demo.replay.tenants import Stage, Way
from engine.budgets import services as budgets

LABELS = ("a", "b", "c", "d")
# The model's price does not matter here, only that it has one.
ENVIRONMENT = {
    "RUN_LEASE_SECONDS": "2",
    "TOOLS_ALLOW_LOOPBACK": "yes",
    "UNKNOWN_MODEL_PRICE": "0.15,0.60",
    "CHAT_SOCKETS_PER_IP": "1000",
    "OPENAI_API_KEY": "",
    "OPENAI_BASE_URL": "",
    "PYTHONUNBUFFERED": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play. `data` None is the invented shop; `logs` None throws the processes' logs away."""

    tasks: tuple[Expected, ...]
    data: Path | None
    way: Way
    seed: int | None = None
    tenants: int = 1
    logs: Path | None = None

    @property
    def chances(self) -> Chances:
        return Chances(self.seed, SHORT_HANG if self.way.by_mcp else LONG_HANG)

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS[: self.tenants]


@dataclass(frozen=True, slots=True)
class _Cast:
    """All who take part."""

    stages: tuple[Stage, ...]
    model: Scripted
    killer: Killer
    children: tuple[Child, ...]
    address: str


def replay(plan: Plan) -> Report:
    """Plays it.

    Raises:
        demo.replay.processes.ChildNotUp
    """
    began = time.monotonic()
    with _cast(plan) as cast:
        ready = time.monotonic()
        players = _play(plan, cast)
        played = time.monotonic()
        reports = [_tenant(plan, cast, player) for player in players]
        strangers = [*cast.model.till.strays, *_crossings(plan, players)]
        return Report(
            tenants=tuple(reports),
            seed=plan.seed,
            model_faults=dict(sorted(cast.model.till.faults.items())),
            kills=dict(sorted(cast.killer.kills.items())),
            spared=cast.killer.spared,
            strangers=tuple(strangers),
            seconds=played - ready,
            starting_seconds=ready - began,
        )


@contextmanager
def _cast(plan: Plan) -> Iterator[_Cast]:
    with ExitStack() as stack:
        folder = plan.logs or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="replay-logs-")))
        folder.mkdir(parents=True, exist_ok=True)
        shops = _shops(plan, folder, stack)
        web, address = processes.web_server(ENVIRONMENT, folder)
        worker, beat = (processes.celery(name, ENVIRONMENT, folder) for name in ("worker", "beat"))
        children = (beat, worker, web)
        for child in children:
            stack.callback(child.stop)
            child.begin()
        tasks = {expected.task.id: expected.task for expected in plan.tasks}
        stages: list[Stage] = []
        killer = Killer(plan.chances, web, worker, lambda label: _attempt(stages, label))

        keys = {label: secrets.token_urlsafe(24) for label in plan.labels}
        model = Scripted(tasks, keys, plan.chances, killer.hear)
        server = ModelServer(model)
        server.start()
        stack.callback(server.stop)
        most = max(len(task.calls) for task in tasks.values())
        for label, keeper in zip(plan.labels, _keepers(shops, stack), strict=True):
            stages.append(
                tenants.set_up(label, keeper, tenants.Account(server.url, keys[label]), plan.way, most)
            )
        for child in children:
            child.wait()
        yield _Cast(tuple(stages), model, killer, children, address)


def _shops(plan: Plan, folder: Path, stack: ExitStack) -> list[tuple[Child, str]]:
    """Each tenant's shop, which is only just starting, and its token."""
    shops = []
    for label in plan.labels:
        token = secrets.token_urlsafe(24)
        child = processes.shop(label, token, plan.data, folder)
        stack.callback(child.stop)
        child.begin()
        shops.append((child, token))
    return shops


def _keepers(shops: list[tuple[Child, str]], stack: ExitStack) -> Iterator[Shopkeeper]:
    for child, token in shops:
        child.wait()
        assert child.said is not None
        keeper = Shopkeeper(child.said[1], token)
        stack.callback(keeper.close)
        yield keeper


def _play(plan: Plan, cast: _Cast) -> list[Player]:
    stopping = threading.Event()
    players = [Player(stage, cast.address, plan.chances, cast.killer, stopping) for stage in cast.stages]
    threads = [
        threading.Thread(target=player.play_all, args=(_turned(plan.tasks, number),), daemon=True)
        for number, player in enumerate(players)
    ]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            cast.killer.look()
            for child in cast.children:
                child.is_up()
    finally:
        stopping.set()
        for thread in threads:
            thread.join(30)
    for player in players:
        if player.error is not None:
            raise player.error
    return players


def _turned(tasks: Sequence[Expected], number: int) -> list[Expected]:
    """The tasks for one of the tenants: each begins at another place, so that they meet in different tasks."""
    start = number * len(tasks) // len(LABELS)
    return [*tasks[start:], *tasks[:start]]


def _attempt(stages: list[Stage], label: str) -> int:
    return next(queries.attempt_in_flight(stage.tenant_id) for stage in stages if stage.label == label)


def _tenant(plan: Plan, cast: _Cast, player: Player) -> TenantReport:
    """Everything is read anew at the very end, so that what came late counts too."""
    stage = player.stage
    # What a killed process held is nobody's to pay by now: its lease is over.
    budgets.expire(stage.tenant_id, now=timezone.now() + dt.timedelta(hours=1))
    sold = {key: one for key, one in cast.model.till.by_key.items() if one.tenant == stage.label}
    rows, steps = queries.usage(stage.tenant_id), queries.model_steps(stage.tenant_id)
    return TenantReport(
        label=stage.label,
        tasks=tuple(_task(stage, played) for played in player.played),
        missing=len(plan.tasks) - len(player.played),
        balance=ledger.balance(sold, steps, rows, calm=plan.seed is None),
        shop_faults=dict(sorted(player.faults.items())),
        counts=queries.counts(stage.tenant_id),
    )


def _task(stage: Stage, played: Played) -> TaskReport:
    try:
        told = queries.told(stage.tenant_id, played.conversation)
    except NoSuchConversation:
        return TaskReport(played.expected.task.id, played.seconds, (f"no conversation: {played.trouble}",))
    found = holding.differences(played, told)
    attempts = max((run.attempt for run in told.runs), default=0)
    replayed = sum(call["replayed"] for call in played.calls)
    return TaskReport(
        played.expected.task.id,
        played.seconds,
        tuple(found),
        attempts=attempts,
        replayed=replayed,
        approved=played.approved,
        lost_lines=played.lost,
    )


def _crossings(plan: Plan, players: list[Player]) -> Iterator[str]:
    """What of one tenant can be seen in another."""
    for player in players:
        for other in players:
            if other is player:
                continue
            for played in other.played:
                if queries.is_visible(player.stage.tenant_id, played.conversation):
                    yield f"a conversation of {other.stage.label} is in {player.stage.label}"
            if found := queries.events_holding(player.stage.tenant_id, f"of replay {other.stage.label}:"):
                yield f"{found} events of {other.stage.label} are in {player.stage.label}"
