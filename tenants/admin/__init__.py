"""The console's pages about who has access."""

from tenants.admin.access import ApiKeyAdmin, DomainAdmin, SecretAdmin
from tenants.admin.members import MemberAdmin

__all__ = ["ApiKeyAdmin", "DomainAdmin", "MemberAdmin", "SecretAdmin"]
