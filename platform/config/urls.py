from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from integrations.api.pages import Docs
from integrations.health import livez, readyz
from tenants.views import start

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start, name="start"),
    path("accounts/", include("tenants.urls")),
    path("console/", admin.site.urls),
    path("desk/", include("escalation.urls")),
    path("widget/", include("conversations.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("api/docs/", Docs.as_view(), name="api-docs"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
]

handler400 = "integrations.api.problems.page_bad_request"
handler403 = "integrations.api.problems.page_forbidden"
handler404 = "integrations.api.problems.page_not_found"
handler500 = "integrations.api.problems.page_failed"
