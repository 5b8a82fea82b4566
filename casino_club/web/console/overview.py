"""The overview as operators see it: tiles, charts, what waits for somebody, put into words and drawn."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core import clock
from casino_club.core.alerts import open_alerts
from casino_club.core.models import Alert
from casino_club.web.console import charts, selectors
from casino_club.web.console.charts import Bucket, Chart, Series
from casino_club.web.console.rules import DEFAULT_SPAN, SPANS, Trend
from casino_club.web.live import operators, queues
from economy.ledger.rules import CHART
from economy.reconcile.selectors import standing
from events.live.models import Event
from events.live.rules import Phase
from events.live.selectors import Counts, counts_of, events_in
from games.rounds.models import Game

ALERTS_SHOWN = 8
EVENTS_SHOWN = 6
SOURCES_SHOWN = 8
RETURN_FROM, RETURN_TO = 80, 110  # percent: what the drawing of returns shows
FEW_PLAYS = 10_000


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with how it compares; `live` is its name in the live stream."""

    label: str
    value: int
    to_yesterday: int | None
    to_usual: int | None
    explanation: str
    live: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its name, its unit, and what it says in one sentence."""

    code: str
    title: str
    unit: str
    chart: Chart
    summary: str
    kind: str = "bars"


@dataclass(frozen=True, slots=True)
class Source:
    """Gold that came (positive) or went, and its share of the largest such amount."""

    label: str
    amount: int
    width: str


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A game's return in words and as places on a scale from RETURN_FROM to RETURN_TO percent."""

    label: str
    plays: int
    wagered: int
    stated: str
    observed: str
    stated_at: str
    observed_at: str
    is_small: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    event: Event
    counts: Counts
    joined_width: str
    completed_width: str
    claimed_width: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for operators, how much of it for more than a day, and where to look at it."""

    label: str
    count: int
    stale: int
    url: str


def context(*, span: str | None, now: datetime) -> dict:
    """Everything that the overview shows."""
    chosen = span if span in SPANS else DEFAULT_SPAN
    found = selectors.overview(now=now)
    return {
        "span": chosen,
        "spans": [("day", _("24 hours")), ("week", _("7 days")), ("month", _("30 days"))],
        "house": _house(now),
        "tiles": _tiles(found.figures, selectors.online(now=now)),
        "figures": _figures(chosen, found.courses[chosen]),
        "sources": _sources(found.courses[chosen].sources),
        "returns": [_return(row) for row in found.returns],
        "return_scale": [f"{percent}%" for percent in range(RETURN_FROM, RETURN_TO + 1, 10)],
        "events": _events(now),
        "alerts": list(open_alerts()[:ALERTS_SHOWN]),
        "queues": _queues(now),
        "reconcile": standing(),
        "counted_at": found.counted_at,
    }


def _house(now: datetime) -> list[tuple[str, str, int]]:
    """Figures of all time, as the operators' figures give them: label, name in the live stream, value."""
    stats = json.loads(operators.current(zone=clock.game_zone(), now=now))
    return [
        (_("Accounts"), "total_users", stats["total_users"]),
        (_("of them active"), "active_users", stats["active_users"]),
        (_("Plays of all time"), "total_games_played", stats["total_games_played"]),
        (_("Gold in all wallets"), "total_tokens_in_circulation", stats["total_tokens_in_circulation"]),
        (_("Revenue of all time, KRW"), "total_revenue", stats["total_revenue"]),
        (_("Critical alerts"), "critical_alerts", stats["critical_alerts"]),
    ]


# --- Tiles --------------------------------------------------------------------------------------------------------
def _tiles(day: selectors.Figures, online: selectors.Online) -> list[Tile]:
    then = _("Players who made a request in the last five minutes; compared with this time yesterday and a week ago.")
    return [
        Tile(_("Players online"), online.players, online.to_yesterday, online.to_usual, then, live="online_users"),
        _tile(_("Revenue today, KRW"), day.revenue, live="today_revenue"),
        _tile(_("Plays today"), day.plays),
        _tile(_("Gold wagered today"), day.wagered),
        _tile(_("House result today, gold"), day.house_result),
        _tile(_("Gold minted today"), day.minted),
        _tile(_("Gold burned today"), day.burned),
        _tile(_("New players today"), day.signups),
    ]


def _tile(label: str, trend: Trend, live: str = "") -> Tile:
    explanation = _(
        "Until %(time)s: %(closed)s today, %(yesterday)s yesterday, %(usual)s on average of the 7 days before."
    ) % {
        "time": _hour(trend.through),
        "closed": f"{trend.closed:,}",
        "yesterday": f"{trend.yesterday:,}",
        "usual": f"{trend.usual:,}",
    }
    return Tile(label, trend.today, trend.to_yesterday, trend.to_usual, explanation, live)


# --- Charts -------------------------------------------------------------------------------------------------------
def _figures(span: str, course: selectors.Course) -> list[Figure]:
    buckets = [_bucket(span, start) for start in course.starts]
    plays = [Series(str(Game(game).label), values) for game, values in course.plays.items()]
    online = [Series(_("most at once"), course.online_most), Series(_("on average"), course.online_mean)]
    gold = [Series(_("minted"), course.minted), Series(_("burned"), [-value for value in course.burned])]
    most = max((value for value in course.online_most if value is not None), default=0)
    return [
        Figure(
            "revenue",
            _("Revenue"),
            _("KRW, less refunds"),
            charts.stacked_bars(buckets, [Series(_("revenue"), course.revenue)]),
            _("%(amount)s KRW in all.") % {"amount": f"{sum(course.revenue):,}"},
        ),
        Figure(
            "plays",
            _("Plays"),
            _("paid rounds"),
            charts.stacked_bars(buckets, plays),
            _("%(count)s plays in all.") % {"count": f"{sum(one.total for one in plays):,}"},
        ),
        Figure(
            "online",
            _("Players online"),
            _("people"),
            charts.lines(buckets, online),
            _("%(count)s at most at once.") % {"count": f"{most:,}"},
            kind="lines",
        ),
        Figure(
            "gold",
            _("Gold minted and burned"),
            _("gold, besides play"),
            charts.stacked_bars(buckets, gold),
            _("%(minted)s minted, %(burned)s burned.")
            % {"minted": f"{sum(course.minted):,}", "burned": f"{sum(course.burned):,}"},
        ),
    ]


def _bucket(span: str, start: datetime) -> Bucket:
    local = start.astimezone(clock.game_zone())
    if SPANS[span].unit == "hour":
        return Bucket(f"{local:%H}", f"{date_format(local, 'MONTH_DAY_FORMAT')} {local:%H:%M}")
    return Bucket(f"{local.month}/{local.day}", date_format(local, "MONTH_DAY_FORMAT"))


def _sources(sources: Sequence[tuple[str, int]]) -> list[Source]:
    """The largest ones; the rest together."""
    shown = [(_source_label(name), amount) for name, amount in sources[:SOURCES_SHOWN]]
    if rest := sum(amount for _name, amount in sources[SOURCES_SHOWN:]):
        shown.append((_("Everything else"), rest))
    largest = max((abs(amount) for _label, amount in shown), default=0)
    return [Source(label, amount, charts.share(abs(amount), largest)) for label, amount in shown]


def _source_label(name: str) -> str:
    if name in CHART:
        return str(CHART[name].label)
    return _("Play: %(game)s") % {"game": Game(name).label}


def _return(row: selectors.Return) -> ReturnRow:
    return ReturnRow(
        label=str(Game(row.game).label),
        plays=row.plays,
        wagered=row.wagered,
        stated=f"{localize(row.stated.quantize(selectors.HUNDREDTH))}%",
        observed="–" if row.observed is None else f"{localize(row.observed)}%",
        stated_at=_on_scale(row.stated),
        observed_at="" if row.observed is None else _on_scale(row.observed),
        is_small=row.plays < FEW_PLAYS,
    )


def _on_scale(percent) -> str:
    return charts.share(float(percent) - RETURN_FROM, RETURN_TO - RETURN_FROM)


# --- What is on, what waits ---------------------------------------------------------------------------------------
def _events(now: datetime) -> list[EventRow]:
    events = list(events_in(Phase.LIVE, now).order_by("-priority", "-id")[:EVENTS_SHOWN])
    counts = counts_of([event.pk for event in events])
    most = max((count.joined for count in counts.values()), default=0)
    return [EventRow(event, counts[event.pk], *_widths(counts[event.pk], most)) for event in events]


def _widths(counts: Counts, most: int) -> tuple[str, str, str]:
    return tuple(charts.share(count, most) for count in (counts.joined, counts.completed, counts.claimed))


def _queues(now: datetime) -> list[Queue]:
    """What nobody looks after yet: alerts, and every queue that the operators' figures count."""
    unseen = Alert.objects.filter(resolved_at__isnull=True, acknowledged_at__isnull=True).count()
    alerts = Queue(_("Alerts nobody looks after"), unseen, 0, _list("core_alert", state="unacknowledged"))
    return [alerts, *(_queue(name, waiting) for name, waiting in queues.waiting(now=now).items())]


def _queue(name: str, waiting: queues.Waiting) -> Queue:
    label, model, asked = QUEUES.get(name, (name, "", {}))
    return Queue(str(label), waiting.count, waiting.stale, _list(model, **asked))


def _list(model: str, **asked: str) -> str:
    """The address of a list, filtered; nothing where there is no such list."""
    try:
        return f"{reverse(f'admin:{model}_changelist')}?{urlencode(asked)}"
    except NoReverseMatch:
        return ""


# How the queues of `web.live.queues` are called here, and where each can be worked off.
QUEUES = {
    "approvals": (gettext_lazy("Requests for a second operator"), "economy_approval", {}),
    "fraud_reviews": (gettext_lazy("Card purchases to review"), "economy_payment", {"review_state__exact": "waiting"}),
    "failed_webhooks": (gettext_lazy("Webhooks that failed"), "economy_webhookevent", {"status__exact": "FAILED"}),
}


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(clock.game_zone()):%H:%M}"
