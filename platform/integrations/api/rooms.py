"""What every room of the API has in common: one key, one scope a method, one pace, one shape of error."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, ClassVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.offload import in_database
from integrations.api.authentication import HasScope, Machine
from integrations.api.pace import Allowance, Pace

NO_STORE = "no-store"


class MachineRequest(Request):
    """A request that has passed the door."""

    user: Machine  # type: ignore[assignment]


class Room(APIView):
    """A room whose methods run in a thread.

    `scopes`: method -> the scope it takes.
    """

    permission_classes = [IsAuthenticated, HasScope]
    throttle_classes = [Pace]
    scopes: ClassVar[dict[str, str]] = {}
    allowance: Allowance | None = None

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """As the framework's, for a body in chunks too: where no length is declared it would see none."""
        if "CONTENT_LENGTH" not in request.META and request.headers.get("Transfer-Encoding"):
            request.META["CONTENT_LENGTH"] = str(len(request.body))
        return super().initialize_request(request, *args, **kwargs)

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Says with every answer what is left of the key's window, and that nothing of it may be kept."""
        final: HttpResponseBase = super().finalize_response(
            request, cast(Response, response), *args, **kwargs
        )
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            final[name] = value
        final.headers.setdefault("Cache-Control", NO_STORE)
        return final

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        raise MethodNotAllowed(request.method or "")


class AsyncRoom(Room):
    """A room whose methods are coroutines and hold no thread and no connection while they wait.

    Key, scope and pace are looked at in a database thread, by the same classes.
    """

    async def dispatch(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """As `APIView.dispatch`, awaiting."""
        self.args, self.kwargs = args, kwargs
        self.request = incoming = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            await in_database(self.initial)(incoming, *args, **kwargs)
            answer = self._handler(str(request.method))(incoming, *args, **kwargs)
            response = await answer if isinstance(answer, Awaitable) else answer
        except Exception as error:
            response = self.handle_exception(error)
        return self.finalize_response(incoming, response, *args, **kwargs)

    def _handler(self, method: str) -> Any:
        name = method.lower()
        known = name in self.http_method_names
        return getattr(self, name, self.http_method_not_allowed) if known else self.http_method_not_allowed
