"""Holds the ledger against what the scripted model sold, and the tenants against each other.

What is compared: (1) a model step that is done has the tokens that the model reported under its key; (2) it has at
least one exact row on the ledger, no more than the model sold whole replies under that key, and each says the same
tokens; (3) a reply that was begun, whole or broken, has a row, be it exact, estimated (broken off, or given up by a
process that had lost its run) or lost (its process was killed before it could pay: what was held is charged). Without
faults every row is exact, and the sums are equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from demo.replay.model import Sold


@dataclass(frozen=True, slots=True)
class Balance:
    """Calls and tokens (prompt + completion) of one tenant, and what does not fit."""

    replies: int
    repeated: int
    sold_tokens: int
    step_tokens: int
    paid_tokens: int
    exact: int
    estimated: int
    lost: int
    differences: tuple[str, ...]


def balance(
    sold: Mapping[str, Sold], steps: list[dict[str, Any]], rows: list[dict[str, Any]], *, calm: bool
) -> Balance:
    """One tenant's.

    Args:
        sold: to this tenant, by key; steps, rows: as `queries.model_steps` and `queries.usage` give them.
        calm: nothing was made to go wrong.
    """
    by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_key[f"{row['run']}:{row['step']}"].append(row)
    done = [step for step in steps if not step["is_error"]]
    found = [*_steps(sold, done, by_key), *_begun(sold, by_key)]
    exact = [row for row in rows if _is_exact(row)]
    paid = sum(row["prompt_tokens"] + row["completion_tokens"] for row in exact)
    all_sold = sum(one.whole * (one.prompt + one.completion) for one in sold.values())
    if calm and (len(exact) != len(rows) or paid != all_sold):
        found.append(f"{all_sold} tokens were sold and {paid} paid, in {len(rows)} rows, {len(exact)} exact")
    return Balance(
        replies=sum(one.whole for one in sold.values()),
        repeated=sum(max(one.whole - 1, 0) for one in sold.values()),
        sold_tokens=sum(one.prompt + one.completion for one in sold.values() if one.whole),
        step_tokens=sum(step["prompt_tokens"] + step["completion_tokens"] for step in done),
        paid_tokens=paid,
        exact=len(exact),
        estimated=sum(row["estimated"] and not row["lost"] for row in rows),
        lost=sum(row["lost"] and row["prompt_tokens"] >= 0 for row in rows),
        differences=tuple(found),
    )


def _steps(
    sold: Mapping[str, Sold], steps: list[dict[str, Any]], by_key: Mapping[str, list[dict[str, Any]]]
) -> Iterator[str]:
    for step in steps:
        key = f"{step['run__public_id']}:{step['number']}"
        one = sold.get(key)
        tokens = (step["prompt_tokens"], step["completion_tokens"])
        if one is None or not one.whole or tokens != (one.prompt, one.completion):
            yield f"step {key} has {tokens} tokens, the model sold {one}"
            continue
        exact = [(r["prompt_tokens"], r["completion_tokens"]) for r in by_key.get(key, ()) if _is_exact(r)]
        if not 1 <= len(exact) <= one.whole or set(exact) != {tokens}:
            yield f"step {key} has {tokens} tokens and is on the ledger as {exact}; the model sold {one}"


def _begun(sold: Mapping[str, Sold], by_key: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    for key, one in sold.items():
        rows = {row["reservation"] for row in by_key.get(key, ())}
        if len(rows) < one.whole + one.broken:
            yield f"{key}: {one.whole} replies and {one.broken} broken ones, and only {len(rows)} on the ledger"
    for key in by_key.keys() - sold.keys():
        if any(_is_exact(row) for row in by_key[key]):
            yield f"{key} is on the ledger, and the model was never asked"


def _is_exact(row: Mapping[str, Any]) -> bool:
    return not row["lost"] and not row["estimated"]
