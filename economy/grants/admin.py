"""What operators gave, as operators see it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core.admin import with_beside
from economy.grants.models import OperatorGrant
from economy.grants.rules import ASSETS, in_words


@admin.register(OperatorGrant)
class OperatorGrantAdmin(OfPlayerAdmin):
    list_display = ["created_at", "player", "given", "reason", "by"]
    list_select_related = ["player", "operator", "approved_by"]

    @admin.display(description=_("given"))
    def given(self, grant: OperatorGrant) -> str:
        return in_words({asset: getattr(grant, asset) for asset in ASSETS})

    @admin.display(description=_("operator"))
    def by(self, grant: OperatorGrant) -> str:
        """Who gave it; below, who agreed where a second one had to."""
        if grant.approved_by is None:
            return str(grant.operator)
        return with_beside(grant.operator, _("agreed: %(operator)s") % {"operator": grant.approved_by})
