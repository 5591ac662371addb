"""Makes PNG pictures small: 256 colours, chosen by how often they occur, each pixel the nearest one.

Screens have few colours and the shades of their letters' edges, so nobody sees a difference; the file is a third.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

MOST = 256
_DECODE = """async given => {
  const bytes = Uint8Array.from(atob(given), one => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const canvas = new OffscreenCanvas(image.width, image.height), on = canvas.getContext("2d");
  on.drawImage(image, 0, 0);
  const raw = on.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let at = 0; at < raw.length; at += 32768) text += String.fromCharCode(...raw.subarray(at, at + 32768));
  return [image.width, image.height, btoa(text)];
}"""


def small(png: bytes, page: Page) -> bytes:
    """The picture with a palette.

    Args:
        page: of a browser, which decodes the picture; any that is open.
    """
    width, height, raw = page.evaluate(_DECODE, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(raw), np.uint8).reshape(-1, 4)[:, :3]
    colours, chosen, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    palette = _palette(colours, counts)
    nearest = _nearest(colours, palette)
    return _written(nearest[chosen.reshape(-1)].reshape(height, width), palette)


def _palette(colours: NDArray[np.uint8], counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The most frequent colours, and of similar ones only the first."""
    kept: list[int] = []
    cells: dict[tuple[int, ...], int] = {}
    for place in np.argsort(-counts, kind="stable"):
        cell = tuple(int(one) >> 3 for one in colours[place])
        if len(kept) < MOST and cells.get(cell, 0) < (3 if counts[place] > 400 else 1):
            cells[cell] = cells.get(cell, 0) + 1
            kept.append(int(place))
    return colours[kept]


def _nearest(colours: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    found = [
        np.argmin(((part[:, None, :].astype(np.int32) - palette[None, :, :]) ** 2).sum(axis=2), axis=1)
        for part in np.array_split(colours, max(1, len(colours) // 2000))
    ]
    return np.concatenate(found).astype(np.uint8)


def _written(places: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    height, width = places.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), places], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [
        (b"IHDR", head),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
