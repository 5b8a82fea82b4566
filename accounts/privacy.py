"""What accounts hold about players."""

from datetime import datetime

from django.db import transaction

from casino_club.core import presence
from casino_club.core.privacy import ERASE, KEEP, Held, Holdings


def _forget_presence(user_id: int, now: datetime) -> None:
    transaction.on_commit(lambda: presence.forget(user_id))


HOLDINGS = Holdings(
    tables=(
        # Overwritten by `users.services.anonymise`, which knows what stands in for a name.
        Held("accounts.User", "pk", KEEP, withheld=("password",)),
        Held("accounts.UserEvent", "pgh_obj", KEEP),
        Held("accounts.UserRoleEvent", "user", KEEP),
        Held("accounts.UserPermissionEvent", "user", KEEP),
        Held("accounts.AuthSessionEvent", "user", KEEP),
        Held("accounts.LoginName", "user", ERASE),
        Held("accounts.User_groups", "user", ERASE),
        Held("accounts.User_user_permissions", "user", ERASE),
        Held("accounts.AuthSession", "user", {"address": None, "user_agent": ""}),
        Held("accounts.RefreshToken", "session__user", ERASE, withheld=("token_hash",)),
        Held("accounts.SecondFactor", "user", ERASE, withheld=("secret", "last_step")),
        Held("accounts.SecondFactorEvent", "pgh_obj__user", KEEP),
        Held("accounts.RecoveryCode", "factor__user", ERASE, withheld=("digest",)),
        Held("accounts.Notification", "player", ERASE),
        Held("accounts.ResetMail", "user", ERASE),
        Held("accounts.TelemetryEvent", "user", {"user": None, "meta": {}}),
        Held("accounts.OperatorNote", "player", ERASE, withheld=("author",)),
        Held("accounts.OperatorNoteEvent", "player", KEEP, withheld=("author",)),
        Held("accounts.OperatorAct", "player", KEEP, withheld=("operator", "key")),
        Held("accounts.OperatorActEvent", "player", KEEP),
    ),
    operators=frozenset(
        {
            "accounts.InviteCode.created_by",
            "accounts.OperatorMessage.operator",
            "accounts.OperatorMessageEvent.operator",
            "accounts.OperatorAct.operator",
            "accounts.OperatorNote.author",
            "accounts.OperatorNoteEvent.author",
        }
    ),
    forget=(_forget_presence,),
)
