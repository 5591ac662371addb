from django.urls import path

from integrations.api.afterwards import Rate, Transcript
from integrations.api.approvals import Approval, Approvals, Decide
from integrations.api.conversations import Conversation, Conversations, Events, Person
from integrations.api.desk import (
    DeskConversation,
    DeskConversationDeeds,
    DeskConversations,
    DeskCounts,
    DeskDeeds,
    DeskFile,
    DeskFiles,
    DeskLog,
    DeskThings,
)
from integrations.api.desk_furniture import (
    CannedReplies,
    CannedReply,
    Disposition,
    Dispositions,
    Macro,
    Macros,
    Tag,
    Tags,
)
from integrations.api.figures import Figures, FigureThings
from integrations.api.knowledge import Document, Documents, Search
from integrations.api.messages import Messages
from integrations.api.pages import openapi
from integrations.api.releases import Diff, DraftRoom, OneRelease, Releases, Revert
from integrations.api.runs import Run, Runs
from integrations.api.teams import Agent, Agents, Seat, Team, Teams

app_name = "api"
urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    path("conversations", Conversations.as_view(), name="conversations"),
    path("conversations/<uuid:conversation_id>", Conversation.as_view(), name="conversation"),
    path("conversations/<uuid:conversation_id>/messages", Messages.as_view(), name="messages"),
    path("conversations/<uuid:conversation_id>/person", Person.as_view(), name="person"),
    path("conversations/<uuid:conversation_id>/rating", Rate.as_view(), name="rating"),
    path("conversations/<uuid:conversation_id>/transcript", Transcript.as_view(), name="transcript"),
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
    path("desk/conversations", DeskConversations.as_view(), name="desk-conversations"),
    path("desk/conversations/<uuid:conversation_id>", DeskConversation.as_view(), name="desk-conversation"),
    path("desk/conversations/<uuid:conversation_id>/log", DeskLog.as_view(), name="desk-log"),
    path(
        "desk/conversations/<uuid:conversation_id>/deeds", DeskConversationDeeds.as_view(), name="desk-acts"
    ),
    path("desk/conversations/<uuid:conversation_id>/files", DeskFiles.as_view(), name="desk-files"),
    path(
        "desk/conversations/<uuid:conversation_id>/files/<uuid:file_id>", DeskFile.as_view(), name="desk-file"
    ),
    path("desk/deeds", DeskDeeds.as_view(), name="desk-deeds"),
    path("desk/counts", DeskCounts.as_view(), name="desk-counts"),
    path("desk/things", DeskThings.as_view(), name="desk-things"),
    path("desk/canned", CannedReplies.as_view(), name="desk-canned"),
    path("desk/canned/<int:canned_id>", CannedReply.as_view(), name="desk-canned-one"),
    path("desk/macros", Macros.as_view(), name="desk-macros"),
    path("desk/macros/<int:macro_id>", Macro.as_view(), name="desk-macro"),
    path("desk/tags", Tags.as_view(), name="desk-tags"),
    path("desk/tags/<int:tag_id>", Tag.as_view(), name="desk-tag"),
    path("desk/dispositions", Dispositions.as_view(), name="desk-dispositions"),
    path("desk/dispositions/<int:disposition_id>", Disposition.as_view(), name="desk-disposition"),
    path("figures", Figures.as_view(), name="figures"),
    path("figures/behind", FigureThings.as_view(), name="figures-behind"),
    path("teams", Teams.as_view(), name="teams"),
    path("teams/<int:team_id>", Team.as_view(), name="team"),
    path("teams/<int:team_id>/seats/<uuid:member_id>", Seat.as_view(), name="seat"),
    path("agents", Agents.as_view(), name="agents"),
    path("agents/<uuid:member_id>", Agent.as_view(), name="agent"),
]
