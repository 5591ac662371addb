"""The closed catalogue of what the ledger can say. A test compares it with what the code records."""

from __future__ import annotations

ACTIONS: dict[str, str] = {
    "tenant.created": "A tenant was set up.",
    "member.added": "A person was given a role in the tenant.",
    "domain.allowed": "A web origin may embed the chat.",
    "domain.forbidden": "A web origin may no longer embed the chat.",
    "identity_key.rotated": "A new key for signing customer identities was made.",
    "identity_key.retired": "A signing key stopped being accepted.",
    "api_key.issued": "Machine access was given.",
    "api_key.revoked": "Machine access was taken back.",
    "provider.connected": "A model provider was connected or its key replaced.",
    "release.published": "A new numbered configuration answers from now on.",
    "knowledge.source_added": "A place that documents come from was made.",
    "knowledge.document_added": "A document, or a new version of one, was added to the knowledge.",
    "knowledge.documents_moved": "Documents of a source are found at other addresses from now on.",
    "knowledge.document_removed": "A document was removed from the knowledge.",
    "customer.created": "A customer appeared.",
    "conversation.opened": "A conversation began.",
    "conversation.message": "A customer's message was accepted.",
    "conversation.answered": "The assistant's answer was posted.",
    "conversation.answer_dropped": "An answer was thrown away because the conversation had changed hands.",
    "conversation.handed_over": "The conversation was passed to the queue for a person.",
    "conversation.claimed": "A person took the conversation.",
    "conversation.replied": "A person answered the customer.",
    "conversation.returned": "The conversation went back to the assistant.",
    "conversation.closed": "The conversation was resolved.",
    "conversation.reopened": "A resolved conversation went on in a new episode.",
    "conversation.feedback": "The customer rated an answer.",
    "run.taken_up": "A run whose process died was taken up again.",
    "run.failed": "A run ended without an answer.",
}
