"""Writing down what operators note and do; in the name of the operator, for the audit."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.care.models import OperatorAct, OperatorNote
from accounts.care.rules import NOTE_MAX
from casino_club.core import audit, metrics
from casino_club.core.errors import InvalidInput, NotFound

_acts = metrics.counter("operator_acts_total", "Acts of operators on players' pages.", ["act"])
_notes = metrics.counter("operator_notes_total", "Notes of operators, written or taken away.", ["what"])


def write_note(*, player_id: int, author_id: int, text: str, now: datetime) -> OperatorNote:
    """Keep a note about a player. Raises InvalidInput."""
    text = text.strip()
    if not 0 < len(text) <= NOTE_MAX:
        raise InvalidInput({"text": [_("Write 1 to %(most)s characters.") % {"most": f"{NOTE_MAX:,}"}]})
    with transaction.atomic(), audit.acting(operator_id=author_id, reason="note"):
        note = OperatorNote.objects.create(player_id=player_id, author_id=author_id, text=text, created_at=now)
    metrics.committed(_notes.labels("written"))
    return note


def erase_note(*, player_id: int, note_id: int, operator_id: int) -> None:
    """Take a note of one's own away. Raises NotFound, for anybody else's too."""
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason="note erased"):
        gone, _by_table = OperatorNote.objects.filter(pk=note_id, player_id=player_id, author_id=operator_id).delete()
    if not gone:
        raise NotFound
    metrics.committed(_notes.labels("erased"))


def checked_reason(reason: str) -> str:
    """The reason without spaces around it. Raises InvalidInput."""
    reason = reason.strip()
    if not audit.REASON_MIN <= len(reason) <= audit.REASON_MAX:
        raise InvalidInput({"reason": [_("Say why, in 2 to %(most)s characters.") % {"most": audit.REASON_MAX}]})
    return reason


def record(
    *, player_id: int, operator_id: int, act: str, reason: str, result: Mapping, key: str, now: datetime
) -> bool:
    """Write an act down, once for (operator, key); whether it was new."""
    what = {"player_id": player_id, "act": act, "reason": reason, "result": result, "created_at": now}
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        _row, is_new = OperatorAct.objects.get_or_create(operator_id=operator_id, key=key, defaults=what)
    if is_new:
        metrics.committed(_acts.labels(act))
    return is_new
