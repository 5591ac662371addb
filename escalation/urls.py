"""The desk: its page, and the files that go with messages."""

from django.urls import path

from escalation import views
from escalation.desk import file_doors
from tenants.doors import members_only

urlpatterns = [
    path("", members_only(views.desk), name="desk"),
    path("<uuid:conversation>/files/", file_doors.put, name="desk_files"),
    path("<uuid:conversation>/files/<uuid:file>/", file_doors.fetch, name="desk_file"),
]
