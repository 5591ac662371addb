from channels.sessions import CookieMiddleware
from django.urls import re_path

from conversations.consumers import ChatConsumer
from conversations.desk_consumer import DeskConsumer

websocket_urlpatterns = [
    re_path(r"^ws/chat/(?P<tenant>[^/]{1,80})/$", ChatConsumer.as_asgi()),
    re_path(r"^ws/desk/(?P<tenant>[^/]{1,80})/$", CookieMiddleware(DeskConsumer.as_asgi())),
]
