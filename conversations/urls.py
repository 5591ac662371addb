from django.urls import path, re_path

from conversations import file_doors, views

urlpatterns = [
    path("support-chat.js", views.widget, name="widget"),
    re_path(rf"^support-chat-(?P<part>{'|'.join(views.PARTS)})\.js$", views.widget, name="widget_part"),
    re_path(r"^support-chat\.(?P<digest>[0-9a-f]{16})\.js$", views.widget, name="widget_version"),
    path("<slug:tenant>/<uuid:conversation>/files/", file_doors.send, name="widget_files"),
    path("<slug:tenant>/<uuid:conversation>/files/<uuid:file>/", file_doors.fetch, name="widget_file"),
]
