"""What must always hold, said as SQL."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sql` selects the rows that break it (none, when the books are right); `explanation` says what then is wrong.

    Any app declares its own in `<app>/invariants.py` as `INVARIANTS`, a sequence of these; reconcile finds them there.
    """

    name: str
    explanation: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows break an invariant, and the first few of them."""

    invariant: Invariant
    violations: int
    examples: list[dict]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one snapshot."""

    findings: list[Finding]

    @property
    def violations(self) -> int:
        """The rows that break any invariant, all together."""
        return sum(finding.violations for finding in self.findings)
