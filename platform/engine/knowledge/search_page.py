"""The console's page that searches the knowledge as the assistant does, and shows what would be cited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.offload import in_database
from engine.knowledge import queries
from engine.knowledge.queries import MAX_QUERY, CitablePassage
from engine.knowledge.tools import PASSAGES, as_result
from tenants.requests import demand
from tenants.roles import Right

MOST_PASSAGES = 20


class SearchForm(forms.Form):
    """A question, and what is searched."""

    q = forms.CharField(
        label=_("What a customer might ask"), max_length=MAX_QUERY, widget=UnfoldAdminTextInputWidget()
    )
    source = forms.ChoiceField(label=_("In"), required=False, widget=UnfoldAdminSelectWidget())
    k = forms.IntegerField(
        label=_("Passages at most"),
        min_value=1,
        max_value=MOST_PASSAGES,
        required=False,
        initial=PASSAGES,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("The assistant reads %(most)s.") % {"most": PASSAGES},
    )

    def __init__(self, data: Any, sources: list[str]) -> None:
        filled = {"k": str(PASSAGES), **data.dict()} if data is not None else None
        super().__init__(filled, use_required_attribute=False)
        field: Any = self.fields["source"]
        field.choices = [("", _("All sources")), *((name, name) for name in sources)]


async def search_page(request: Any) -> TemplateResponse:
    """Searches; the question is encoded while no transaction is open.

    Raises:
        core.errors.Forbidden: the member may not read the configuration.
    """
    demand(request.membership, Right.READ_CONFIGURATION)
    tenant_id = request.tenant.pk
    sources = await in_database(queries.list_sources)(tenant_id)
    form = SearchForm(request.GET if "q" in request.GET else None, [source.name for source in sources])
    found: list[CitablePassage] | None = None
    if form.is_valid():
        said = form.cleaned_data
        look = in_database(queries.search, lane="long")
        only = [said["source"]] if said["source"] else None
        found = await look(tenant_id, said["q"], k=said["k"] or PASSAGES, sources=only)
    return await in_database(_page)(request, form, found)


def _page(request: Any, form: SearchForm, found: list[CitablePassage] | None) -> TemplateResponse:
    rows = None if found is None else _rows(request.tenant.pk, found)
    context = {
        **admin.site.each_context(request),
        "title": _("Test search"),
        "form": form,
        "rows": rows,
        "has_vectors": found is None or queries.knows_meaning(),
    }
    return TemplateResponse(request, "console/knowledge/search.html", context)


def _rows(tenant_id: int, found: list[CitablePassage]) -> list[dict[str, Any]]:
    """Passages with the source they come from and what a citation of them shows."""
    places = queries.places_of(tenant_id, [passage.document for passage in found])
    cited = as_result(found, 1).citations
    return [
        {
            "n": citation.n,
            "passage": passage,
            "score": round(passage.score, 3),
            "citation": citation,
            "place": places.get(passage.document),
        }
        for passage, citation in zip(found, cited, strict=True)
    ]
