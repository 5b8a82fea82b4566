"""A board as players see it: live from Redis or, where that is away, from the books; closed ones from their rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from casino_club.core.errors import NotFound
from casino_club.core.redis import quietly
from economy.rewards.rules import Amounts
from games.publicity.selectors import shown_names
from games.rankings import mirror, periods, scores
from games.rankings.mirror import Board, Place
from games.rankings.models import Leaderboard, Standing
from games.rankings.rules import NEIGHBOURS, TOP, Metric, Period, Span, prize_for

PAST_LISTED = 30
NEWLY_OVER = timedelta(days=2)
"""A period that ended this lately and is not written down yet is still read live."""


@dataclass(frozen=True, slots=True)
class Line:
    """One place as it is shown; `nickname` is None when the player hides it."""

    rank: int
    nickname: str | None
    score: int
    is_me: bool
    prize: Amounts | None


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board for one player. `is_final`: it is over and written down; until then `as_of` says how fresh it is."""

    period: Period
    metric: Metric
    top: list[Line]
    me: Line | None
    neighbours: list[Line]
    players: int
    as_of: datetime
    is_final: bool


def board_of(*, span: Span, metric: Metric, key: str | None, player_id: int, now: datetime) -> BoardView:
    """The board of a period (the running one without `key`). Raises InvalidInput, NotFound."""
    period = periods.named(span, key, now) if key else periods.current(span, now)
    if period is None:
        raise NotFound
    closed = Leaderboard.objects.filter(span=span, metric=metric, period=period.key).first()
    if closed is not None:
        return _view(period, metric, _closed(closed, player_id), player_id, is_final=True)
    if now - period.ends_at > NEWLY_OVER:
        raise NotFound
    return _view(period, metric, _live(period, metric, player_id, now), player_id, is_final=False)


def past_periods(span: Span, metric: Metric) -> list[Leaderboard]:
    """The closed boards, the latest first."""
    return list(Leaderboard.objects.filter(span=span, metric=metric).order_by("-starts_at")[:PAST_LISTED])


def standings_from_books(period: Period, metric: Metric) -> list[Place]:
    """Everybody's place, computed from the books alone."""
    ordered = sorted(scores.of_all(period, metric), key=lambda found: (-found[1], found[0]))
    return [Place(rank, player_id, score) for rank, (player_id, score) in enumerate(ordered, start=1)]


def _live(period: Period, metric: Metric, player_id: int, now: datetime) -> Board:
    score = scores.of_player(player_id, period, metric) if _may_stand(player_id) else None
    board = quietly(
        lambda _: mirror.read(period, metric, player_id=player_id, score=score, now=now), purpose="rankings"
    )
    return board or _from_books(period, metric, player_id, now)


def _from_books(period: Period, metric: Metric, player_id: int, now: datetime) -> Board:
    places = standings_from_books(period, metric)
    mine = next((place for place in places if place.player_id == player_id), None)
    around = places[max(0, mine.rank - 1 - NEIGHBOURS) : mine.rank + NEIGHBOURS] if mine else []
    return Board(places[:TOP], mine, around, len(places), now)


def _closed(board: Leaderboard, player_id: int) -> Board:
    rows = Standing.objects.filter(leaderboard=board).order_by("rank")
    mine = rows.filter(player_id=player_id).first()
    around = rows.filter(rank__range=(mine.rank - NEIGHBOURS, mine.rank + NEIGHBOURS)) if mine else []
    return Board(
        top=_places(rows.filter(rank__lte=TOP)),
        me=_places([mine])[0] if mine else None,
        neighbours=_places(around),
        players=board.players,
        as_of=board.closed_at,
    )


def _places(rows) -> list[Place]:
    return [Place(row.rank, row.player_id, row.score) for row in rows]


def _view(period: Period, metric: Metric, board: Board, player_id: int, *, is_final: bool) -> BoardView:
    everybody = [*board.top, *board.neighbours, *([board.me] if board.me else [])]
    names = shown_names({place.player_id for place in everybody}, viewer_id=player_id)

    def line(place: Place) -> Line:
        return Line(
            rank=place.rank,
            nickname=names.get(place.player_id),
            score=place.score,
            is_me=place.player_id == player_id,
            prize=prize_for(period.span, place.rank, place.score),
        )

    return BoardView(
        period=period,
        metric=metric,
        top=[line(place) for place in board.top],
        me=line(board.me) if board.me else None,
        neighbours=[line(place) for place in board.neighbours],
        players=board.players,
        as_of=board.as_of,
        is_final=is_final,
    )


def _may_stand(player_id: int) -> bool:
    return get_user_model().objects.filter(pk=player_id, is_active=True, is_staff=False).exists()
