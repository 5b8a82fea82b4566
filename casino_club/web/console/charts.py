"""Charts drawn by the server: figures become rectangles, lines and ticks in percent of a plot, whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from django.utils.translation import get_language

MOST_STEPS = 4
BAR_SHARE = 0.72  # of the room that a bucket has


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot, and what it stands for."""

    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket along the axis. Those that are `major` keep their label where there is little room."""

    x: str
    label: str
    title: str
    is_major: bool


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    series: int
    title: str


@dataclass(frozen=True, slots=True)
class Series:
    """What is told apart by colour: its name and one figure a bucket; None where nothing was measured."""

    label: str
    values: Sequence[int | None]

    @property
    def total(self) -> int:
        return sum(value or 0 for value in self.values)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One hour or day of the axis: as short as can be, and in full."""

    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a template needs to draw; `rows` is the same as a table."""

    ticks: list[Tick]
    places: list[Place]
    bars: list[Bar]
    lines: list[str]
    series: Sequence[Series]
    rows: list[tuple[str, list[str]]]
    zero: str

    @property
    def is_empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)

    @property
    def totals(self) -> list[str]:
        return [f"{one.total:,}" for one in self.series]


def stacked_bars(buckets: Sequence[Bucket], series: Sequence[Series]) -> Chart:
    """A bar a bucket: what is above zero stacked upwards, what is below it downwards."""
    highest = max((sum(max(v or 0, 0) for v in column) for column in _columns(series)), default=0)
    lowest = min((sum(min(v or 0, 0) for v in column) for column in _columns(series)), default=0)
    scale = Scale.around(lowest, highest)
    bars = []
    for number, column in enumerate(_columns(series)):
        x, width = _slot(number, len(buckets))
        up = down = 0
        for index, value in enumerate(column):
            if not value:
                continue
            start = up if value > 0 else down
            top, bottom = scale.y(max(start, start + value)), scale.y(min(start, start + value))
            title = f"{buckets[number].title} · {series[index].label} {value:,}"
            bars.append(Bar(_percent(x), _percent(top), _percent(width), _percent(bottom - top), index, title))
            up, down = (up + value, down) if value > 0 else (up, down + value)
    return _chart(buckets, series, scale, bars=bars)


def lines(buckets: Sequence[Bucket], series: Sequence[Series]) -> Chart:
    """A line a series through the middles of the buckets, broken where nothing was measured."""
    scale = Scale.around(0, max((value for one in series for value in one.values if value is not None), default=0))
    paths = [_path(one, len(buckets), scale) for one in series]
    return _chart(buckets, series, scale, paths=paths)


@dataclass(frozen=True, slots=True)
class Scale:
    """Round numbers from `bottom` to `top`, `step` apart, so that every figure lies between them."""

    bottom: int
    top: int
    step: int

    @classmethod
    def around(cls, lowest: int, highest: int) -> "Scale":
        step = _round_step(max(highest - lowest, 1))
        return cls(bottom=floor(lowest / step) * step, top=max(-floor(-highest / step), 1) * step, step=step)

    def y(self, value: int) -> float:
        """How far below the top, in percent."""
        return (self.top - value) * 100 / (self.top - self.bottom)

    def ticks(self) -> list[Tick]:
        values = range(self.bottom, self.top + 1, self.step)
        return [Tick(_percent(self.y(value)), shortened(value)) for value in values]


def shortened(value: int) -> str:
    """A round figure for an axis: 2,500 · 12만 / 120K · 3억 / 300M."""
    units = ((10**8, "억"), (10**4, "만")) if _is_korean() else ((10**9, "B"), (10**6, "M"), (10**3, "K"))
    least = 10**4
    for size, name in units:
        if abs(value) >= max(size, least):
            return f"{value / size:,.1f}".removesuffix(".0") + name
    return f"{value:,}"


def share(part: float, whole: float) -> str:
    """A part as a width in percent, never wider than the whole."""
    return _percent(min(100.0, max(0.0, part * 100 / whole))) if whole else "0%"


def _columns(series: Sequence[Series]) -> list[tuple[int | None, ...]]:
    return list(zip(*(one.values for one in series), strict=True))


def _chart(buckets, series, scale: Scale, *, bars: Sequence[Bar] = (), paths: Sequence[str] = ()) -> Chart:
    every = max(1, len(buckets) // 6)
    places = [
        Place(
            _percent(_middle(number, len(buckets))),
            bucket.label,
            bucket.title,
            (len(buckets) - 1 - number) % every == 0,
        )
        for number, bucket in enumerate(buckets)
    ]
    rows = [
        (bucket.title, ["–" if value is None else f"{value:,}" for value in column])
        for bucket, column in zip(buckets, _columns(series), strict=True)
    ]
    return Chart(scale.ticks(), places, list(bars), list(paths), series, rows, _percent(scale.y(0)))


def _path(series: Series, count: int, scale: Scale) -> str:
    """In a box of 100 × 100, stretched by whoever draws it. A lonely point is drawn as a short stroke."""
    parts, pen_is_down = [], False
    for number, value in enumerate(series.values):
        if value is None:
            pen_is_down = False
            continue
        x, y = _middle(number, count), scale.y(value)
        parts.append(f"{'L' if pen_is_down else 'M'}{x:.2f} {y:.2f}" + ("" if pen_is_down else "h.3"))
        pen_is_down = True
    return " ".join(parts)


def _slot(number: int, count: int) -> tuple[float, float]:
    """Where a bucket's bar begins and how wide it is."""
    room = 100 / count
    return number * room + room * (1 - BAR_SHARE) / 2, room * BAR_SHARE


def _middle(number: int, count: int) -> float:
    return (number + 0.5) * 100 / count


def _round_step(span: int) -> int:
    rough = span / MOST_STEPS
    size = 10 ** floor(log10(rough)) if rough >= 1 else 1
    return next(int(size * factor) for factor in (1, 2, 5, 10) if size * factor >= rough)


def _percent(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"


def _is_korean() -> bool:
    return (get_language() or "ko").startswith("ko")
