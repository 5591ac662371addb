"""The demo shop's back office: sixteen operations on products, customers and orders held in memory.

Invariant: plain Python without Django or a database; the HTTP and the MCP door call the same functions.
"""

from demo.backoffice.errors import ShopError
from demo.backoffice.operations import OPERATIONS, Operation
from demo.backoffice.shop import Shop

__all__ = ["OPERATIONS", "Operation", "Shop", "ShopError"]
