"""Looking at MCP servers, in a worker: no page waits for another system."""

from __future__ import annotations

import structlog
from asgiref.sync import async_to_sync
from celery import shared_task

from core.actors import system
from core.errors import SwitchboardError
from engine.tools import mcp, queries, services, signing
from engine.tools.models import Connection, ConnectionKind
from engine.tools.targets import mcp_target
from tenants.queries import active_tenants

log = structlog.get_logger(__name__)


@shared_task(name="tools.look_at_server")
def look_at_server(*, tenant_id: int, connection_id: int) -> None:
    """Holds what one MCP server lists now against what is kept."""
    for connection in queries.connections(tenant_id, ConnectionKind.MCP):
        if connection.pk == connection_id:
            _look(connection)


@shared_task(name="tools.look_at_servers")
def look_at_servers() -> None:
    """Has every server of every tenant looked at, so that a changed tool is off offer before it is trusted long."""
    for tenant in active_tenants():
        for connection in queries.connections(tenant.pk, ConnectionKind.MCP):
            if connection.enabled:
                look_at_server.delay(tenant_id=tenant.pk, connection_id=connection.pk)


async def _survey(connection: Connection, hosts: tuple[str, ...]) -> mcp.Survey:
    return await mcp.survey(await signing.sign(mcp_target(connection), hosts=hosts), hosts=hosts)


def _look(connection: Connection) -> None:
    try:
        found = async_to_sync(_survey)(connection, queries.allowed_hosts(connection.tenant_id))
    except SwitchboardError as error:
        log.warning("mcp_server_not_listed", connection=connection.pk, error=error.code)
        return
    services.sync_mcp(
        tenant_id=connection.tenant_id,
        connection=connection,
        discovered=found.tools,
        actor=system("worker"),
    )
