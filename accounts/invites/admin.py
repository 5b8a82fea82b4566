"""Invite codes as operators make and close them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.invites.models import InviteCode
from casino_club.core import clock
from casino_club.core.admin import OperatorAdmin


class InviteCodeForm(forms.ModelForm):
    def clean_max_uses(self) -> int | None:
        """Not below what is used already; the row stays locked until it is saved, while sign-ups wait."""
        most = self.cleaned_data["max_uses"]
        if most is not None and self.instance.pk:
            used = InviteCode.objects.select_for_update().get(pk=self.instance.pk).used_count
            if most < used:
                raise forms.ValidationError(_("The code has already been used more often than that."))
        return most


@admin.register(InviteCode)
class InviteCodeAdmin(OperatorAdmin):
    form = InviteCodeForm
    list_display = ["code", "is_active", "used_count", "max_uses", "expires_at", "created_by", "created_at"]
    list_filter = ["is_active", ("expires_at", admin.EmptyFieldListFilter)]
    list_select_related = ["created_by"]
    search_fields = ["code"]
    search_help_text = _("Search by code.")
    ordering = ["-id"]
    fields = ["code", "is_active", "expires_at", "max_uses", "used_count", "created_by", "created_at"]
    readonly_fields = ["used_count", "created_by", "created_at"]

    def get_fields(self, request, obj=None):
        return self.fields if obj else ["code", "is_active", "expires_at", "max_uses"]

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj is None else ["code", *self.readonly_fields]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
            obj.created_at = clock.now()
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            # Only what the form changed: sign-ups count uses of the same row meanwhile.
            obj.save(update_fields=form.changed_data)
