"""Who signs in with two factors; security takes it off somebody who lost the phone."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.twofactor.models import SecondFactor
from accounts.twofactor.services import reset
from casino_club.core import audit, clock, roles
from casino_club.core.admin import ReadOnlyAdmin


@admin.register(SecondFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "confirmed_at"]
    list_select_related = ["user"]
    fields = ["user", "created_at", "confirmed_at"]
    ordering = ["-created_at", "-pk"]
    actions = ["reset"]

    def has_reset_permission(self, request) -> bool:
        return roles.has(request.user, "security")

    @admin.action(description=_("Reset: they set up a new one, their sessions end"), permissions=["reset"])
    def reset(self, request, queryset):
        """Never one's own; a superuser's by superusers only."""
        chosen = queryset.exclude(pk=request.user.pk)
        if not request.user.is_superuser:
            chosen = chosen.filter(user__is_superuser=False)
        count = 0
        for user_id in list(chosen.values_list("pk", flat=True)):
            reset(user_id=user_id, operator_id=request.user.pk, reason=audit.given_reason(request), now=clock.now())
            count += 1
        text = ngettext("%(count)d second factor reset.", "%(count)d second factors reset.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)
