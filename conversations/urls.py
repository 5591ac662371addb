from django.urls import path, re_path

from conversations import views

urlpatterns = [
    path("support-chat.js", views.widget, name="widget"),
    re_path(r"^support-chat\.(?P<digest>[0-9a-f]{16})\.js$", views.widget, name="widget_version"),
]
