"""A round's own record in the shape that its page draws it, game by game."""

from games.crash.rules import GAME as CRASH
from games.gacha.labels import drawing_of, name_of
from games.gacha.rules import CARDS, pity_after
from games.gacha.rules import GAME as GACHA
from games.rounds.models import Round
from games.rounds.rules import times
from games.rps.labels import HAND_LABELS, RESULT_LABELS
from games.rps.rules import GAME as RPS
from games.slot.labels import CARD_LABELS
from games.slot.rules import GAME as SLOT


def shown_record(played: Round) -> dict:
    """What `games/round_<game>.html` shows."""
    return RECORDS[played.game](played)


def _slot(played: Round) -> dict:
    record = played.outcome
    return {
        "reels": [[{"card": card, "label": CARD_LABELS[card]} for card in reel] for reel in record["reels"]],
        "wins": [
            {"line": line, "label": CARD_LABELS[card], "count": count, "multiplier": multiplier}
            for line, card, count, multiplier in record["wins"]
        ],
        "lines": record["lines"],
        "stake": record["stake"],
        "is_free": played.bet == 0,
        "free_spins": record["free_spins"],
    }


def _crash(played: Round) -> dict:
    record = played.outcome
    return {
        "crash_point": times(record["crash_point"]),
        "cashed_at": times(played.multiplier) if played.multiplier else "",
        "auto": times(record["auto_cashout"]) if record["auto_cashout"] else "",
        "status": record["status"],
        "seconds": f"{record['at_ms'] / 1000:.2f}",
    }


def _gacha(played: Round) -> dict:
    record = played.outcome
    cards = [CARDS[code] for code in record["cards"]]
    return {
        "cards": [
            {"name": name_of(card), "drawing": drawing_of(card), "guaranteed": guaranteed}
            for card, guaranteed in zip(cards, record["guaranteed"], strict=True)
        ],
        "pity": record["pity"],
        "pity_after": pity_after(record["pity"], record["cards"]),
        "price": record["price"],
        "currency": record["currency"],
    }


def _rps(played: Round) -> dict:
    record = played.outcome
    return {
        "choice": HAND_LABELS[record["choice"]],
        "choice_mark": f"hand-{record['choice']}",
        "computer": HAND_LABELS[record["computer"]],
        "computer_mark": f"hand-{record['computer']}",
        "result": RESULT_LABELS[record["result"]],
    }


RECORDS = {SLOT: _slot, CRASH: _crash, GACHA: _gacha, RPS: _rps}
