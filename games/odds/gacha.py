"""The lacquer box's sheets of the odds book, one for each table that can be drawn from."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from games.gacha import figures, rules
from games.gacha.drawings import RateRow, pulls_per_top_text, rate_rows
from games.odds.rules import Chance, Table, Version
from games.rounds.rules import percent_of, rounded_percent


@dataclass(frozen=True)
class GachaSheet:
    odds: rules.Odds
    cards: Table
    guaranteed: Table
    rate_rows: tuple[RateRow, ...]
    pulls_per_top: str
    by_pity_percent: Decimal


def sheets() -> list[GachaSheet]:
    """Every version of the book."""
    return [_sheet(odds) for odds in rules.ODDS.values()]


def versions() -> list[Version]:
    """Every version: banners are put on any of them, so each is in force."""
    return [
        Version(rules.GAME, sheet.odds.version, sheet.odds.effective_from, None, None, (sheet.cards, sheet.guaranteed))
        for sheet in sheets()
    ]


def as_answers() -> list[dict]:
    """The sheets as `GET /api/games/odds` gives them."""
    return [_as_answer(sheet) for sheet in sheets()]


def _sheet(odds: rules.Odds) -> GachaSheet:
    weighed = list(zip(rules.DECK, odds.weights, strict=True))
    tops = [(card, weight) for card, weight in weighed if card.rarity is rules.TOP]
    return GachaSheet(
        odds=odds,
        cards=_table("card", weighed, rules.WHOLE),
        guaranteed=_table("card given by pity", tops, odds.weight_of(rules.TOP)),
        rate_rows=rate_rows(odds),
        pulls_per_top=pulls_per_top_text(odds),
        by_pity_percent=rounded_percent(figures.guaranteed_share(odds)),
    )


def _table(name: str, weighed: list[tuple[rules.Card, int]], whole: int) -> Table:
    return Table(name, tuple(Chance(card.code, percent_of(Fraction(weight, whole))) for card, weight in weighed))


def _as_answer(sheet: GachaSheet) -> dict:
    odds = sheet.odds
    return {
        "game": rules.GAME,
        "version": odds.version,
        "effective_from": odds.effective_from.isoformat(),
        "pity": {
            "rarity": rules.TOP,
            "guaranteed_at": odds.pity,
            "pulls_per_top_exact": str(figures.pulls_per_top(odds)),
            "decided_by_pity_percent": str(sheet.by_pity_percent),
        },
        "rates": [
            {"rarity": row.rarity, "percent": row.percent, "percent_with_pity": str(row.with_pity)}
            for row in sheet.rate_rows
        ],
        "deck": [card.code for card in rules.DECK],
        "weights": odds.weights,
        "probabilities": [table.as_answer() for table in (sheet.cards, sheet.guaranteed)],
    }


def drawn() -> str:
    """SQL: (table, outcome) of a settled round `r`: each of its cards, from the table it was drawn from."""
    return """
        SELECT CASE WHEN (r.outcome -> 'guaranteed' ->> (card.position - 1)::integer)::boolean
                    THEN 'card given by pity' ELSE 'card' END,
               card.item
          FROM jsonb_array_elements_text(r.outcome -> 'cards') WITH ORDINALITY AS card (item, position)
    """
