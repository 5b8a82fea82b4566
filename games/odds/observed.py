"""Stated beside observed: how often each outcome came, its 99 % interval, and the evidence against the stated odds."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import isfinite

from games.odds.models import ObservationWatermark, ObservedOutcome
from games.odds.rules import Chance, Interval, Table, Version, alarm_level, interval_of, log_evidence

PERCENT = Decimal(100)
DECIMALS = Decimal("0.0001")


@dataclass(frozen=True)
class Row:
    """One outcome: stated, counted, and where the true rate lies with 99 % confidence (in percent)."""

    chance: Chance
    count: int
    percent: Decimal
    low: Decimal
    high: Decimal
    is_within: bool


@dataclass(frozen=True)
class ObservedTable:
    """One table of a version as it was really drawn. `evidence` and `alarms_at` are natural logarithms."""

    table: Table
    sample: int
    rows: tuple[Row, ...]
    evidence: float
    alarms_at: float

    @property
    def is_alarming(self) -> bool:
        return self.evidence >= self.alarms_at


def observed(version: Version) -> list[ObservedTable]:
    """Every table of the version beside what was counted of it."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = ObservedOutcome.objects.filter(game=version.game, odds_version=version.version)
    for table, outcome, count in rows.values_list("table", "outcome", "count"):
        counts[table][outcome] = count
    return [_beside(table, counts[table.name], len(version.tables)) for table in version.tables]


def counted_at() -> datetime | None:
    """When rounds were last counted."""
    return ObservationWatermark.objects.values_list("counted_at", flat=True).first()


def as_answer(found: ObservedTable) -> dict:
    """The table as `GET /api/games/odds` gives it."""
    return {
        "name": found.table.name,
        "sample": found.sample,
        "confidence": "99%",
        "outcomes": [
            {
                "outcome": row.chance.outcome,
                "stated_percent": row.chance.percent_text,
                "count": row.count,
                "percent": str(row.percent),
                "low_percent": str(row.low),
                "high_percent": str(row.high),
            }
            for row in found.rows
        ],
        "test": {
            "log_evidence": round(found.evidence, 3) if isfinite(found.evidence) else None,
            "alarms_at": round(found.alarms_at, 3),
            "is_alarming": found.is_alarming,
        },
    }


def _beside(table: Table, counts: dict[str, int], tables: int) -> ObservedTable:
    sample = sum(counts.values())
    stated = {chance.outcome: chance.probability for chance in table.chances}
    return ObservedTable(
        table=table,
        sample=sample,
        rows=tuple(_row(chance, counts.get(chance.outcome, 0), sample) for chance in table.chances),
        evidence=log_evidence(stated, counts),
        alarms_at=alarm_level(tables),
    )


def _row(chance: Chance, count: int, sample: int) -> Row:
    interval: Interval = interval_of(count, sample)
    rate = Decimal(count) / Decimal(sample) if sample else Decimal(0)
    return Row(
        chance=chance,
        count=count,
        percent=(rate * PERCENT).quantize(DECIMALS),
        low=(Decimal(interval.low) * PERCENT).quantize(DECIMALS),
        high=(Decimal(interval.high) * PERCENT).quantize(DECIMALS),
        is_within=interval.holds(chance.probability),
    )
