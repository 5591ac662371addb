"""Customers, conversations, their event log, the runs that answer them, and what is remembered."""

from conversations.models.customers import Customer, Identity, VerificationCode
from conversations.models.files import Attachment
from conversations.models.memory import KnownAnswer, Mask, Summary
from conversations.models.talks import Conversation, Episode, Event, EventType, Owner, Resolution
from conversations.models.work import Approval, ApprovalStatus, Run, RunStatus, Step, StepStatus

__all__ = [
    "Approval",
    "ApprovalStatus",
    "Attachment",
    "Conversation",
    "Customer",
    "Episode",
    "Event",
    "EventType",
    "Identity",
    "KnownAnswer",
    "Mask",
    "Owner",
    "Resolution",
    "Run",
    "RunStatus",
    "Step",
    "StepStatus",
    "Summary",
    "VerificationCode",
]
