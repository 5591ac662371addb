from channels.sessions import CookieMiddleware
from django.urls import re_path

from escalation.desk.consumer import DeskConsumer

websocket_urlpatterns = [
    re_path(r"^ws/desk/(?P<tenant>[^/]{1,80})/$", CookieMiddleware(DeskConsumer.as_asgi())),
]
