"""The figures of a simulated house as one SVG: gold by day and reason, and how balances lie at the end."""

from xml.sax.saxutils import escape

from economy.simulation.rules import BUCKETS, Figures

WIDTH, HEIGHT = 960, 620
LEFT, RIGHT, TOP, GAP = 90, 190, 50, 90
PLOT = WIDTH - LEFT - RIGHT
UPPER, LOWER = 260, 130
COLOURS = ("#b3372f", "#c9962e", "#2f7d6b", "#3b6ea5", "#7a5aa6", "#a35d2c", "#5c7a29", "#8c4a6b", "#4a7d8c", "#777777")
INK, QUIET = "#1d1a22", "#6b6673"


def svg_of(figures: Figures, *, title: str) -> str:
    """A whole SVG document."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 24, title, size=16),
        *_days(figures),
        *_balances(figures),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _days(figures: Figures) -> list[str]:
    """Stacked by reason: what players received above the line, what they staked below it."""
    reasons = figures.reasons()
    colour = {reason: COLOURS[n % len(COLOURS)] for n, reason in enumerate(reasons)}
    up = max((sum(v for v in day.values() if v > 0) for day in figures.moved), default=0) or 1
    down = max((-sum(v for v in day.values() if v < 0) for day in figures.moved), default=0)
    scale = UPPER / (up + down)
    zero = TOP + up * scale
    bar = PLOT / max(1, figures.days)
    drawn = [_text(LEFT, TOP - 8, "gold a day, by reason: received above the line, staked below", fill=QUIET)]
    for value in (up, 0, -down):
        y = zero - value * scale
        drawn += [_line(LEFT, y, LEFT + PLOT, y), _text(LEFT - 8, y + 4, f"{value:,}", anchor="end")]
    for number, day in enumerate(figures.moved):
        above = below = zero
        for reason in reasons:
            size = abs(day.get(reason, 0)) * scale
            if day.get(reason, 0) > 0:
                above -= size
            y, below = (above, below) if day.get(reason, 0) > 0 else (below, below + size)
            drawn.append(_rect(LEFT + number * bar + bar * 0.1, y, bar * 0.8, size, colour[reason]))
    for number in {0, figures.days // 2, figures.days - 1}:
        drawn.append(_text(LEFT + (number + 0.5) * bar, TOP + UPPER + 18, f"day {number + 1}", anchor="middle"))
    for row, reason in enumerate(reasons):
        drawn += [
            _rect(LEFT + PLOT + 16, TOP + row * 20, 12, 12, colour[reason]),
            _text(LEFT + PLOT + 34, TOP + row * 20 + 11, reason),
        ]
    return drawn


def _balances(figures: Figures) -> list[str]:
    """How many players end in which bucket of gold."""
    used = [n for n, count in enumerate(figures.balances) if count]
    first, last = (used[0], used[-1]) if used else (0, 0)
    most = max(figures.balances) or 1
    top = TOP + UPPER + GAP
    base = top + LOWER
    bar = PLOT / (last - first + 1)
    drawn = [
        _text(LEFT, top - 10, f"players by gold held after {figures.days} days", fill=QUIET),
        _line(LEFT, base, LEFT + PLOT, base),
        _line(LEFT, top, LEFT + PLOT, top),
        _text(LEFT - 8, top + 4, f"{most:,}", anchor="end"),
        _text(LEFT - 8, base + 4, "0", anchor="end"),
    ]
    for place, number in enumerate(range(first, last + 1)):
        size = figures.balances[number] * LOWER / most
        x = LEFT + place * bar
        drawn += [
            _rect(x + bar * 0.06, base - size, bar * 0.88, size, COLOURS[1]),
            _text(x + bar / 2, base + 18, _short(BUCKETS[number]), anchor="middle", size=11),
        ]
    drawn.append(_text(LEFT, base + 40, "gold, each bar from its figure up to the next", fill=QUIET))
    return drawn


def _short(gold: int) -> str:
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if gold >= size:
            return f"{gold // size}{letter}"
    return str(gold)


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{QUIET}" stroke-width="0.7"/>'


def _text(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", fill: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )
