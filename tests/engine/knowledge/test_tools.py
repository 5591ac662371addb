"""The tool a model searches with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.knowledge import services
from engine.tools import registry
from engine.tools.registry import ToolArgumentsInvalid, ToolContext
from engine.tools.values import ToolResult
from tests.engine.knowledge import bicycles
from tests.factories import SETUP, Person, a_tenant


@pytest.fixture(scope="module")
def context() -> ToolContext:
    tenant = a_tenant("Bikes")
    source = services.ensure_source(tenant_id=tenant.pk, name="Help pages")
    upload = services.Upload("faq.csv", bicycles.as_csv())
    services.add_document(tenant_id=tenant.pk, actor=SETUP, source=source, upload=upload)
    return ToolContext(tenant_id=tenant.pk, conversation_id=1, run="run")


async def test_passages_come_numbered_with_their_citations(context: ToolContext) -> None:
    tool = registry.get("search_knowledge")

    result = await tool.call(context, {"query": "How do refunds work?"}, 4)

    passages = json.loads(result.text)["passages"]
    assert [passage["n"] for passage in passages] == [citation.n for citation in result.citations]
    assert (passages[0]["n"], passages[0]["text"]) == (4, bicycles.PAIRS[3][1])
    assert result.citations[0].quote == bicycles.PAIRS[3][1]
    assert not result.is_error


@pytest.fixture
def manual(zoe: Person) -> ToolContext:
    """zoe's tenant, which has a page with a section too long for a citation."""
    source = services.ensure_source(tenant_id=zoe.tenant.pk, name="Manuals")
    sentence = "Tighten the front brake until the lever stops a finger above the bar. "
    text = f"# Brakes\n\nAll about brakes.\n\n## Front brake\n\n{sentence * 12}"
    upload = services.Upload("brakes.md", text)
    services.add_document(tenant_id=zoe.tenant.pk, actor=SETUP, source=source, upload=upload)
    return ToolContext(tenant_id=zoe.tenant.pk, conversation_id=1, run="run")


async def test_a_citation_names_its_place_once_and_ends_with_a_sentence(manual: ToolContext) -> None:
    result = await registry.get("search_knowledge").call(manual, {"query": "tighten the front brake"}, 1)

    cited = next(citation for citation in result.citations if citation.heading)
    assert (cited.title, cited.heading) == ("Brakes", "Front brake")
    assert cited.quote.endswith("above the bar.")
    assert 300 < len(cited.quote) <= 600
    assert "" in {citation.heading for citation in result.citations}


async def test_nothing_fitting_is_an_empty_list(context: ToolContext) -> None:
    result = await registry.get("search_knowledge").call(context, {"query": "bake sourdough bread"}, 1)

    assert json.loads(result.text) == {"passages": []}
    assert result.citations == ()


async def test_another_tenants_run_finds_nothing(context: ToolContext, zoe: Person) -> None:
    theirs = ToolContext(tenant_id=zoe.tenant.pk, conversation_id=1, run="run")

    result = await registry.get("search_knowledge").call(theirs, {"query": "How do refunds work?"}, 1)

    assert json.loads(result.text) == {"passages": []}


@pytest.mark.parametrize(
    "arguments",
    [{}, {"query": ""}, {"query": 7}, {"query": "x" * 1001}, {"query": "x", "tenant_id": 1}, []],
)
async def test_arguments_that_do_not_fit_are_refused(context: ToolContext, arguments: Any) -> None:
    with pytest.raises(ToolArgumentsInvalid):
        await registry.get("search_knowledge").call(context, arguments, 1)


def test_a_name_belongs_to_one_tool() -> None:
    async def nothing(context: ToolContext, arguments: dict[str, Any], first_citation: int) -> ToolResult:
        return ToolResult("")

    other = registry.Tool(registry.get("search_knowledge").spec, nothing)

    with pytest.raises(registry.ToolNameTaken):
        registry.register(other)
    with pytest.raises(registry.ToolUnknown):
        registry.get("no_such_tool")
