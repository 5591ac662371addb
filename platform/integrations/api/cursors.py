"""Places in lists, as opaque texts: a row number, sealed, so that it tells nothing and fits one tenant's one list."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from core.errors import Invalid
from core.sealing import SealBroken, seal, unseal


class BadCursor(Invalid):
    code = "bad_cursor"
    default_message = "'cursor' is not one of this list. Start again without it."


@dataclass(frozen=True, slots=True)
class Cursors:
    """The cursors of one list of one tenant's."""

    tenant_id: int
    listing: str

    @property
    def _place(self) -> str:
        return f"cursor:{self.tenant_id}:{self.listing}"

    def write(self, row: int) -> str:
        return base64.urlsafe_b64encode(seal(str(row), self._place)).decode().rstrip("=")

    def read(self, cursor: str) -> int | None:
        """The row a cursor stands for; None for the beginning.

        Raises:
            BadCursor
        """
        if not cursor:
            return None
        try:
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            return int(unseal(sealed, self._place))
        except (SealBroken, binascii.Error, ValueError) as error:
            raise BadCursor from error
