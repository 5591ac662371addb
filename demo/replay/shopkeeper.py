"""The levers of a running shop."""

from __future__ import annotations

from typing import Any

import httpx2

SECONDS = 30.0


class Shopkeeper:
    """Speaks to one shop beside the platform. Raises httpx2.HTTPError when the shop does not answer."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(base_url=address, timeout=SECONDS, headers=headers, trust_env=False)

    def prepare(self, faults: dict[str, object]) -> None:
        """A shop as it was at the start, with these faults from now on."""
        self._post("/faults", {})
        self._post("/reset", {})
        self._post("/faults", faults)

    def digest(self) -> str:
        return str(self._get("/state")["digest"])

    def calls(self) -> list[dict[str, Any]]:
        """What was executed since the start, each call once; `replayed` says how often it was asked for again."""
        return list(self._get("/log")["calls"])

    def given(self) -> dict[str, int]:
        """How many faults of each kind there were since `prepare`."""
        return dict(self._get("/faults")["given"])

    def document(self) -> bytes:
        """The OpenAPI document."""
        return self._client.get("/openapi.json").raise_for_status().content

    def close(self) -> None:
        self._client.close()

    def _get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.get(path).raise_for_status().json()
        return found

    def _post(self, path: str, body: dict[str, object]) -> None:
        self._client.post(path, json=body).raise_for_status()
