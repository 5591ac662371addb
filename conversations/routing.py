from django.urls import re_path

from conversations.consumers import ChatConsumer

websocket_urlpatterns = [
    re_path(r"^ws/chat/(?P<tenant>[^/]{1,80})/$", ChatConsumer.as_asgi()),
]
