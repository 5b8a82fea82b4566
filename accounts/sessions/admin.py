"""Sessions as operators see them: they can be ended, nothing else."""

from django.contrib import admin, messages
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.player_admin import OfPlayerAdmin
from accounts.sessions.models import AuthSession, RevokedFor
from accounts.sessions.rules import device_of
from accounts.sessions.services import revoke
from casino_club.core import clock
from casino_club.core.admin import with_beside


@admin.register(AuthSession)
class AuthSessionAdmin(OfPlayerAdmin):
    player_field = "user"
    list_display = ["created_at", "user", "way", "last_seen_at", "ends"]
    list_filter = ["kind", "revoked_for"]
    list_select_related = ["user"]
    search_help_text = _("Search by the exact sign-in name or nickname.")
    ordering = ["-created_at", "-id"]
    actions = ["end"]

    @admin.display(description=_("device and address"))
    def way(self, session: AuthSession) -> str:
        device = device_of(session.user_agent) or session.user_agent
        way = " · ".join(filter(None, (session.get_kind_display(), device)))
        return with_beside(way, session.address or "–")

    @admin.display(description=_("ends or ended"))
    def ends(self, session: AuthSession) -> str:
        """When it was ended and why; otherwise when it ends by itself."""
        if session.revoked_at is None:
            return date_format(session.expires_at, "DATETIME_FORMAT")
        at = date_format(session.revoked_at, "DATETIME_FORMAT")
        return with_beside(at, session.get_revoked_for_display())

    def has_end_permission(self, request) -> bool:
        return request.user.has_perm("accounts.change_authsession")

    @admin.action(description=_("End the chosen sessions"), permissions=["end"])
    def end(self, request, queryset):
        if not request.user.is_superuser:
            queryset = queryset.filter(user__is_staff=False)
        count = revoke(queryset, reason=RevokedFor.OPERATOR, now=clock.now())
        text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", count) % {"count": count}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)
