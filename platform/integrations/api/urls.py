from django.urls import path

from integrations.api.approvals import Approval, Approvals, Decide
from integrations.api.conversations import Conversation, Conversations, Events, Person
from integrations.api.knowledge import Document, Documents, Search
from integrations.api.messages import Messages
from integrations.api.pages import openapi
from integrations.api.releases import Diff, DraftRoom, OneRelease, Releases, Revert
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
    path("releases", Releases.as_view(), name="releases"),
    path("releases/draft", DraftRoom.as_view(), name="release_draft"),
    path("releases/diff", Diff.as_view(), name="release_diff"),
    path("releases/<int:number>", OneRelease.as_view(), name="release"),
    path("releases/<int:number>/revert", Revert.as_view(), name="release_revert"),
    path("knowledge/documents", Documents.as_view(), name="documents"),
    path("knowledge/documents/<uuid:document_id>", Document.as_view(), name="document"),
    path("knowledge/search", Search.as_view(), name="search"),
]
