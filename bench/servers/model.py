"""The comparators' call of a model: aiohttp and the fewest lines that read an event stream."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator

import aiohttp


def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


async def tokens(http: aiohttp.ClientSession, question: str) -> AsyncIterator[str]:
    """The pieces of a streamed chat completion."""
    body = {
        "model": os.environ["OPENAI_MODEL"],
        "stream": True,
        "messages": [{"role": "user", "content": question}],
    }
    url = f"{os.environ['OPENAI_BASE_URL']}/chat/completions"
    async with http.post(url, json=body, headers={"Authorization": "Bearer bench"}) as response:
        response.raise_for_status()
        async for line in response.content:
            if not line.startswith(b"data: {"):
                continue
            choices = json.loads(line[6:])["choices"]
            if choices and (text := choices[0]["delta"].get("content")):
                yield text
