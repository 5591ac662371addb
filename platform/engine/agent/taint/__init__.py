"""Where a call's arguments come from: the customer's own words, her own records, an approval; or from nowhere good.

Invariant: pure. Once a conversation has read text that others wrote, a value counts only if it is found where the
customer, her records or the tenant put it; what a model says about where it has a value from is never asked. Text can
forge neither: the words are those of the log, the records those of tools that a manager has declared to be so.
"""

from engine.agent.taint.judging import judge, told_to_model
from engine.agent.taint.ledger import Ledger
from engine.agent.taint.values import Done, Said, Source, TaintVerdict, Trace

__all__ = ["Done", "Ledger", "Said", "Source", "TaintVerdict", "Trace", "judge", "told_to_model"]
