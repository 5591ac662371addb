"""The lines of a server-sent event stream, parsed as they come.

Invariant: however the bytes are cut into chunks, the payloads are the same. Follows the WHATWG HTML standard,
"Server-sent events", section "Interpreting an event stream"; fields other than `data` are passed over.
"""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"


class EventLines:
    """Feed it bytes; it gives back the payload (joined `data` lines) of every event that is complete."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._data: list[bytes] = []
        self._begun = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The payloads completed by this chunk, in order."""
        if b"\n" not in chunk and b"\r" not in chunk and not self._held():
            self._rest.append(chunk)
            return []
        lines = self._lines(chunk)
        return [payload for line in lines if (payload := self._take(line)) is not None]

    def finish(self) -> list[bytes]:
        """The payload left over when the stream ends without its last blank line."""
        return self.feed(b"\n\n")

    def _held(self) -> bool:
        return bool(self._rest) and self._rest[-1].endswith(b"\r")

    def _lines(self, chunk: bytes) -> list[bytes]:
        text = b"".join((*self._rest, chunk))
        if b"\r" in text:
            # a carriage return at the very end may be half of a pair: it waits for the next chunk
            held = text.endswith(b"\r")
            text = text[: len(text) - held].replace(b"\r\n", b"\n").replace(b"\r", b"\n") + b"\r" * held
        *lines, rest = text.split(b"\n")
        self._rest = [rest] if rest else []
        if lines and not self._begun:
            self._begun = True
            lines[0] = lines[0].removeprefix(_BOM)
        return lines

    def _take(self, line: bytes) -> bytes | None:
        if not line:
            data, self._data = self._data, []
            return (data[0] if len(data) == 1 else b"\n".join(data)) if data else None
        if line.startswith(b"data:"):
            self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line == b"data":
            self._data.append(b"")
        return None
