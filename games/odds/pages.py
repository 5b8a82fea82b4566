"""The public odds page, printed from the tables that draw and pay."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games.odds import gacha, slot
from games.slot import figures, rules
from games.slot.drawings import line_drawings
from games.slot.labels import CARD_LABELS

DECIMALS = 8  # one of 25⁵ stops is 0.00001024 %: with eight decimals every chance on a line is exact and they align


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every game's sheet."""
    sheet = slot.sheet()
    context = {
        "slot": sheet,
        "rules": rules,
        "boxes": gacha.sheets(),
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
        "strips": [" · ".join(str(CARD_LABELS[card]) for card in strip) for strip in rules.STRIPS],
        "line_drawings": line_drawings(),
    }
    return render(request, "games/odds.html", context)
