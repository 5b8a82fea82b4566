"""What operators noted and did, the latest first."""

from django.db.models import QuerySet

from accounts.care.models import OperatorAct, OperatorNote


def notes_of(player_id: int) -> QuerySet[OperatorNote]:
    """Notes about a player, with their authors."""
    return OperatorNote.objects.filter(player_id=player_id).select_related("author").order_by("-id")


def acts_of(player_id: int) -> QuerySet[OperatorAct]:
    """Acts on a player, with the operators; unordered, keyset key (-id,)."""
    return OperatorAct.objects.filter(player_id=player_id).select_related("operator")
