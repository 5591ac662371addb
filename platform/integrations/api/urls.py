from django.urls import path

from integrations.api.approvals import Approval, Approvals, Decide
from integrations.api.conversations import Conversation, Conversations, Events, Person
from integrations.api.knowledge import Document, Documents, Search
from integrations.api.messages import Messages
from integrations.api.pages import openapi
from integrations.api.runs import Run, Runs

app_name = "api"
urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    path("conversations", Conversations.as_view(), name="conversations"),
    path("conversations/<uuid:conversation_id>", Conversation.as_view(), name="conversation"),
    path("conversations/<uuid:conversation_id>/messages", Messages.as_view(), name="messages"),
    path("conversations/<uuid:conversation_id>/person", Person.as_view(), name="person"),
    path("conversations/<uuid:conversation_id>/events", Events.as_view(), name="events"),
    path("conversations/<uuid:conversation_id>/runs", Runs.as_view(), name="runs"),
    path("runs/<uuid:run_id>", Run.as_view(), name="run"),
    path("approvals", Approvals.as_view(), name="approvals"),
    path("approvals/<uuid:approval_id>", Approval.as_view(), name="approval"),
    path("approvals/<uuid:approval_id>/decision", Decide.as_view(), name="decision"),
    path("knowledge/documents", Documents.as_view(), name="documents"),
    path("knowledge/documents/<uuid:document_id>", Document.as_view(), name="document"),
    path("knowledge/search", Search.as_view(), name="search"),
]
