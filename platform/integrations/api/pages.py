"""How the API is described to programs and to people."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView


def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document. It never changes while the process runs, and takes a while to make."""
    return HttpResponse(_document(), content_type="application/json")


@cache
def _document() -> bytes:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    rendered = OpenApiJsonRenderer().render(schema, renderer_context={})
    return json.dumps(json.loads(rendered), ensure_ascii=False).encode()


class Docs(SpectacularSwaggerSplitView):
    """The OpenAPI document as a page, from our own files only."""

    template_name = "api/docs.html"
    url_name = "api:openapi"
