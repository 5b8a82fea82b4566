"""What strangers may see of the live events: the same bytes from every process, computed once in ten seconds."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from casino_club.core import clock
from casino_club.core.idempotency import render
from casino_club.core.shared import Shared
from events.live.models import Event
from events.live.rules import Phase
from events.live.selectors import Counts, counts_of, events_in

MOST = 100
SHOWN_AT_HOME = 3
FRESH_SECONDS = 10
KEPT_SECONDS = 24 * 3600
TTL = 30


@dataclass(frozen=True, slots=True)
class Preview:
    """Public facts of live events, the moment each last changed, and the moment any of it did."""

    events: list[dict]
    changed_at: dict[int, datetime]
    generated_at: datetime

    @property
    def first(self) -> list[dict]:
        """The few that the signed-out home page has room for."""
        return self.events[:SHOWN_AT_HOME]

    def body(self, *, limit: int, since: datetime | None) -> bytes:
        """The answer's bytes: the first `limit` events, or those of them that changed after `since`."""
        shown = [event for event in self.events if since is None or self.changed_at[event["id"]] > since][:limit]
        return render({"events": shown, "generated_at": clock.iso(self.generated_at), "ttl": TTL}).encode()


def current(*, now: datetime) -> Preview:
    """The preview in the active language, at most ten seconds old; while one process computes, others show the last."""
    shared = Shared(
        name="public_events",
        key=f"public:events:v1:{get_language() or 'ko'}",
        fresh_seconds=FRESH_SECONDS,
        kept_seconds=KEPT_SECONDS,
    )
    return _load(shared.current(lambda last: _dump(_compute(_load(last) if last else None, now))))


def _compute(last: Preview | None, now: datetime) -> Preview:
    rows = list(events_in(Phase.LIVE, now).prefetch_related(None).order_by("-priority", "-id")[:MOST])
    counts = counts_of(row.pk for row in rows)
    events = [_public(row, counts[row.pk]) for row in rows]
    # In whole milliseconds, as it is written: who asks for what changed since then must not be shown it again.
    moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
    before = {event["id"]: event for event in last.events} if last else {}
    changed_at = {
        event["id"]: last.changed_at[event["id"]] if before.get(event["id"]) == event else moment for event in events
    }
    is_same = last is not None and last.events == events
    return Preview(events, changed_at, last.generated_at if is_same else moment)


def _public(event: Event, counts: Counts) -> dict:
    return {
        "id": event.pk,
        "title": event.shown_title,
        "event_type": event.event_type,
        "start_date": clock.iso(event.start_date),
        "end_date": clock.iso(event.end_date),
        "rewards_summary": {"gold": event.gold, "gems": event.gems},
        "participation_count": counts.joined,
    }


def _dump(preview: Preview) -> bytes:
    plain = {
        "events": preview.events,
        "changed_at": {pk: moment.isoformat() for pk, moment in preview.changed_at.items()},
        "generated_at": preview.generated_at.isoformat(),
    }
    return json.dumps(plain, ensure_ascii=False).encode()


def _load(text: bytes) -> Preview:
    plain = json.loads(text)
    changed_at = {int(pk): parse_datetime(moment) for pk, moment in plain["changed_at"].items()}
    return Preview(plain["events"], changed_at, parse_datetime(plain["generated_at"]))
