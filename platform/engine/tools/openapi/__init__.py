"""Reads OpenAPI documents into tools."""

from engine.tools.openapi.document import DocumentInvalid
from engine.tools.openapi.operations import Operation, read

__all__ = ["DocumentInvalid", "Operation", "read"]
