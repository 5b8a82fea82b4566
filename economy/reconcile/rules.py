"""What must always hold, said as SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Recent:
    """The same judged by what came since a checkpoint: rows of `table` with an id above %(after)s, and theirs."""

    table: str
    sql: str


class Healing(Protocol):
    """Locks the players' wallets and sets right what is derived, in the caller's transaction; how many rows it was."""

    def __call__(self, player_ids: list[int], *, operator_id: int | None, reason: str, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sql` selects the rows that break it (none, when the books are right); `explanation` says what then is wrong,
    as a msgid.

    Any app declares its own in `<app>/invariants.py` as `INVARIANTS`, a sequence of these; reconcile finds them there.
    `recent` are its bounded forms, `heal` rebuilds what it speaks of where that is derived from something that holds.
    An invariant with `heal` names the player of each row (`player`, a column of its rows).
    """

    name: str
    explanation: str
    sql: str
    recent: tuple[Recent, ...] = ()
    heal: Healing | None = None
    player: str = "player_id"


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows break an invariant, and the first few of them."""

    invariant: Invariant
    violations: int
    examples: list[dict]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one snapshot, and the highest id it saw of each table that has bounded forms."""

    findings: list[Finding]
    marks: dict[str, int]

    @property
    def violations(self) -> int:
        """The rows that break any invariant, all together."""
        return sum(finding.violations for finding in self.findings)
