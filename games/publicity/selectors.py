"""Under which name a player appears to others."""

from collections.abc import Collection

from django.contrib.auth import get_user_model

from games.publicity.models import HiddenName


def is_hidden(player_id: int) -> bool:
    """Whether the player asked not to be named."""
    return HiddenName.objects.filter(player_id=player_id).exists()


def shown_names(player_ids: Collection[int], *, viewer_id: int | None = None) -> dict[int, str]:
    """The nicknames of those who do not hide them; the viewer always sees their own."""
    users = get_user_model().objects.filter(pk__in=player_ids)
    hidden = set(HiddenName.objects.filter(player_id__in=player_ids).values_list("player_id", flat=True))
    return {pk: name for pk, name in users.values_list("pk", "nickname") if pk not in hidden or pk == viewer_id}
