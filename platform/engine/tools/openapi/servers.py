"""Where the operations of an OpenAPI document are served."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from engine.tools.addresses import check_url
from engine.tools.errors import AddressRefused
from engine.tools.openapi.document import Document, Unsupported


def base_of(document: Document, item: Mapping[str, Any], operation: Mapping[str, Any], base_url: str) -> str:
    """The address before the path, without a slash at its end: of the operation, its path or the document.

    Raises:
        Unsupported: it is not absolute, has no https, or leaves a variable open.
    """
    listed: list[Any] = next(
        (found for found in map(_servers, (operation, item, document.root)) if found), [{}]
    )
    first = document.follow(listed[0])[0]
    url = first.get("url") if isinstance(first, dict) else None
    whole = _filled(url if isinstance(url, str) else "", first)
    try:
        whole = urljoin(base_url, whole) if base_url else whole
        authority = urlsplit(whole).netloc
    except ValueError as error:
        raise Unsupported("Its server's address cannot be read.") from error
    if not authority:
        raise Unsupported("The document does not say at which absolute address it is served.")
    try:
        target = check_url(whole, hosts=(authority,))
    except AddressRefused as error:
        raise Unsupported(f"Its server's address cannot be used. {error.message}") from error
    if target.query or "{" in target.path or "}" in target.path:
        raise Unsupported("Its server's address has open variables or a query.")
    return target.url.rstrip("/")


def _servers(node: Mapping[str, Any]) -> list[Any]:
    servers = node.get("servers")
    return servers if isinstance(servers, list) else []


def _filled(url: str, server: Any) -> str:
    variables = server.get("variables") if isinstance(server, dict) else None

    def default(match: re.Match[str]) -> str:
        variable = variables.get(match[1]) if isinstance(variables, dict) else None
        value = variable.get("default") if isinstance(variable, dict) else None
        return value if isinstance(value, str) else match[0]

    return re.sub(r"\{([^{}]{1,100})\}", default, url)
