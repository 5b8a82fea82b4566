"""The public odds page, printed from the tables that draw and pay."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casino_club.core import clock
from games.crash import rules as crash_rules
from games.gacha.selectors import titles_by_odds
from games.odds import crash, gacha, rps, slot
from games.odds.book import versions
from games.odds.labels import outcome_label, table_label
from games.odds.observed import counted_at, observed
from games.odds.rules import FALSE_ALARM_RATE, Version
from games.odds.selectors import lobby
from games.rounds.models import Game
from games.rounds.rules import times
from games.rps import rules as rps_rules
from games.slot import figures, rules
from games.slot.drawings import line_drawings
from games.slot.labels import CARD_LABELS

DECIMALS = 8  # one of 25⁵ stops is 0.00001024 %: with eight decimals every chance on a line is exact and they align
STATED_DECIMALS = 4


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every game's sheet."""
    sheet = slot.sheet()
    titles = titles_by_odds(clock.now())
    book = versions()
    context = {
        "tables": lobby(),
        "slot": sheet,
        "rules": rules,
        "boxes": [{"sheet": box, "titles": titles.get(box.odds.version, [])} for box in gacha.sheets()],
        "rps": rps.sheet(),
        "rps_rules": rps_rules,
        "crash": crash.sheet(),
        "crash_rules": crash_rules,
        "crash_bands": [
            {"label": outcome_label(crash_rules.GAME, band.outcome), "percent": f"{band.percent:.{crash.DECIMALS}f}"}
            for band in crash.sheet().bands.chances
        ],
        "crash_lowest_target": times(crash_rules.LOWEST_RETURN_TARGET),
        "versions": [_beside(version, titles.get(version.version, [])) for version in book if not version.is_past],
        "past_versions": [_beside(version, []) for version in reversed(book) if version.is_past],
        "counted_at": counted_at(),
        "false_alarms": f"{FALSE_ALARM_RATE:.1%}",
        "rtp": figures.rtp(),
        "lowest_bet": figures.LOWEST_RTP_BET,
        "lowest_lines": figures.LOWEST_RTP_LINES,
        "pay_rows": [
            {
                "symbol": row.symbol,
                "label": CARD_LABELS[row.symbol],
                "chances": [
                    {"pays": chance.pays, "percent": f"{chance.percent:.{DECIMALS}f}"} for chance in row.chances
                ],
            }
            for row in sheet.pay_rows
        ],
        "nothing": f"{sheet.line.chances[-1].percent:.{DECIMALS}f}",
        "reel_numbers": range(1, rules.REELS + 1),
        "reel_rows": [
            {"symbol": row.symbol, "label": CARD_LABELS[row.symbol], "percents": row.percents}
            for row in sheet.reel_rows
        ],
        "strips": [" · ".join(str(CARD_LABELS[card]) for card in strip) for strip in rules.CURRENT.strips],
        "line_drawings": line_drawings(),
    }
    return render(request, "games/odds.html", context)


def _beside(version: Version, titles: list[str]) -> dict:
    """A version's stated tables beside what was drawn of them, in words."""
    tables = observed(version)
    return {
        "game": Game(version.game).label,
        "titles": titles,
        "version": version,
        "sample": max((table.sample for table in tables), default=0),
        "is_alarming": any(table.is_alarming for table in tables),
        "tables": [
            {
                "label": table_label(found.table.name),
                "sample": found.sample,
                "rows": [
                    {
                        "label": outcome_label(version.game, row.chance.outcome),
                        "stated": f"{row.chance.percent:.{STATED_DECIMALS}f}",
                        "row": row,
                    }
                    for row in found.rows
                ],
            }
            for found in tables
        ],
    }
