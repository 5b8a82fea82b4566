"""The rankings page: tabs for span and metric, one's own line always in sight, past periods."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casino_club.core import clock
from casino_club.core.errors import DomainError
from games.publicity.selectors import is_hidden
from games.rankings.models import METRIC_LABELS, SPAN_LABELS
from games.rankings.periods import named
from games.rankings.rules import PRIZES, Metric, Period, Span
from games.rankings.selectors import board_of, past_periods


@dataclass(frozen=True)
class Choice:
    """A link of the page, and whether it is the one shown."""

    label: str
    url: str
    here: bool


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A board by `span`, `metric` and `period`; what names nothing shows the empty state."""
    span = _chosen(request, "span", Span, Span.DAILY)
    metric = _chosen(request, "metric", Metric, Metric.NET)
    key = request.GET.get("period", "")[:20]
    now = clock.now()
    try:
        board = board_of(span=span, metric=metric, key=key or None, player_id=request.user.pk, now=now)
    except DomainError:
        board = None
    past = past_periods(span, metric)
    context = {
        "board": board,
        "span": span,
        "metric": metric,
        "title": _title(span, board.period) if board else str(SPAN_LABELS[span]),
        "spans": [Choice(label, _url(each, metric), each is span) for each, label in SPAN_LABELS.items()],
        "metrics": [Choice(label, _url(span, each), each is metric) for each, label in METRIC_LABELS.items()],
        "past": [
            Choice(_title(span, named(span, row.period, now)), _url(span, metric, row.period), row.period == key)
            for row in past
        ],
        "running_url": _url(span, metric),
        "is_past": bool(board and board.is_final),
        "in_top": bool(board and board.me and board.me.rank <= len(board.top)),
        "prizes": _prizes(span),
        "name_hidden": is_hidden(request.user.pk),
        "here": request.get_full_path(),
    }
    return render(request, "games/rankings.html", context, status=200 if board or span is Span.SEASON else 404)


def _chosen(request: HttpRequest, name: str, choices, default):
    asked = request.GET.get(name)
    return choices(asked) if asked in list(choices) else default


def _url(span: Span, metric: Metric, period: str = "") -> str:
    query = {"span": span.value, "metric": metric.value} | ({"period": period} if period else {})
    return f"{reverse('rankings')}?{urlencode(query)}"


def _title(span: Span, period: Period) -> str:
    if span is Span.SEASON:
        return period.name
    first = clock.game_date(period.starts_at)
    if span is Span.DAILY:
        return date_format(first, "DATE_FORMAT")
    return _("Week of %(monday)s") % {"monday": date_format(first, "DATE_FORMAT")}


def _prizes(span: Span) -> list[dict]:
    """Each band as "1" or "4–10" with what it gives."""
    bands, first = [], 1
    for prize in PRIZES[span]:
        places = str(first) if prize.last_rank == first else f"{first}–{prize.last_rank}"
        bands.append({"places": places, "gold": prize.amounts.gold, "gems": prize.amounts.gems})
        first = prize.last_rank + 1
    return bands
