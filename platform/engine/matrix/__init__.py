"""When a conversation goes to a person: rules over signals, as data of the tenant and the release.

Invariant: deciding is pure; the same matrix and signals give the same decision, which names every rule that fired.
"""

from engine.matrix.deciding import decide
from engine.matrix.rules import BadMatrix, Matrix, merged
from engine.matrix.values import Conditions, Decision, Do, Rule, Signals

__all__ = ["BadMatrix", "Conditions", "Decision", "Do", "Matrix", "Rule", "Signals", "decide", "merged"]
