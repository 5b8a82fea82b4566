"""Finding users by the names they sign in with."""

from accounts.users.models import User
from accounts.users.rules import login_key


def user_named(name: str) -> User | None:
    """The user with this sign-in name or nickname, ignoring case and width."""
    return User.objects.filter(login_names__key=login_key(name)).first()
