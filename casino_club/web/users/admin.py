"""Users as operators see them: who they are is theirs, whether they may come in is the operators'."""

from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.signin.services import deactivate, replace_password
from accounts.users.models import User
from accounts.users.selectors import user_named
from casino_club.core import audit, clock, roles
from casino_club.core.admin import OperatorAdmin
from casino_club.core.errors import DomainError
from casino_club.web.console.players.acts import Act, NothingToDo, On, carry_out
from casino_club.web.console.players.repertoire import ACTS
from casino_club.web.users import admin_pages
from economy.onboarding.services import open_wallet

FLAGS = ("is_active", "is_staff", "is_superuser")
OPERATORS_ONLY = ("is_staff", "is_superuser", "groups")


class OneTimePasswordForm(AdminPasswordChangeForm):
    """Django's form; what it sets has to be changed by its owner, and ends their sessions."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django offers to take the password away as well. Here somebody is always given one.
        self.fields.pop("usable_password", None)
        for field in self.fields.values():
            field.required = True

    def save(self, commit=True):
        replace_password(user=self.user, password=self.cleaned_data["password1"], must_change=True, now=clock.now())
        return self.user


class RoleFilter(admin.RelatedFieldListFilter):
    """The roles by what they are called on screen."""

    include_empty_choice = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("role")

    def field_choices(self, field, request, model_admin):
        return [(pk, roles.LABELS.get(name, name)) for pk, name in super().field_choices(field, request, model_admin)]


@admin.register(User)
class UserAdmin(OperatorAdmin, DjangoUserAdmin):
    change_password_form = OneTimePasswordForm
    change_user_password_template = "accounts/admin/one_time_password.html"  # noqa: S105
    list_display = ["page", "nickname", "is_active", "is_staff", "created_at", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "must_change_password", ("groups", RoleFilter)]
    filter_horizontal = ()
    search_fields = ["site_id"]
    search_help_text = _("Search by the exact sign-in name, nickname or phone number.")
    ordering = ["-created_at", "-id"]
    list_display_links = None
    sortable_by = ()
    actions = ["ban", "unban", "end_sessions", "send_message"]
    actions_unasked = ("send_message",)
    change_list_template = "accounts/admin/users.html"
    readonly_fields = [
        "site_id",
        "nickname",
        "phone_number",
        "email",
        "language",
        "age_confirmed_at",
        "created_at",
        "last_login",
        "must_change_password",
        "one_time_password",
        "deleted_at",
    ]
    fieldsets = [
        (_("Who it is"), {"fields": ["site_id", "nickname", "phone_number", "email", "language"]}),
        (_("Coming in"), {"fields": ["is_active", "must_change_password", "one_time_password"]}),
        (_("Operators"), {"fields": list(OPERATORS_ONLY)}),
        (_("When"), {"fields": ["created_at", "last_login", "age_confirmed_at", "deleted_at"]}),
    ]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        """Operators are looked after by superusers only, so that nobody makes themselves one; the deleted by nobody."""
        if obj is not None and obj.deleted_at is not None:
            return False
        if obj is not None and (obj.is_staff or obj.is_superuser) and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_urls(self):
        page = self.admin_site.admin_view(lambda request: admin_pages.import_users(self, request))
        return [path("import/", page, name="accounts_user_import"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"may_import": roles.has(request.user, admin_pages.ROLE)})

    def has_message_permission(self, request) -> bool:
        return request.user.has_perm("accounts.add_operatormessage")

    def get_fieldsets(self, request, obj=None):
        """Without the way to a new password for those who may not give one."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        shown = [[name for name in options["fields"] if name != "one_time_password"] for _title, options in fieldsets]
        return [(title, {"fields": fields}) for (title, _options), fields in zip(fieldsets, shown, strict=True)]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, *OPERATORS_ONLY]

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        """The roles: few enough to tick."""
        field = super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)
        field.label, field.help_text = _("roles"), ""
        field.label_from_instance = lambda group: roles.LABELS.get(group.name, group.name)
        return field

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip()
        if not term:
            return queryset, False
        found = user_named(term) or User.objects.filter(phone_number=term).first()
        return (queryset.filter(pk=found.pk) if found else queryset.none()), False

    def save_model(self, request, obj, form, change):
        if changed := [name for name in FLAGS if name in form.changed_data]:
            # Only what the form changed: the user may be changing the rest of the row meanwhile.
            obj.save(update_fields=changed)
        if "is_active" in changed and not obj.is_active:
            deactivate(user_id=obj.pk, now=clock.now())
        if "is_staff" in changed and not obj.is_staff:
            # An operator becomes a player like any other; every player has a wallet.
            open_wallet(user_id=obj.pk, now=clock.now())

    def user_change_password(self, request, id, form_url=""):
        if str(request.user.pk) == str(id):
            return redirect("password_change")
        return super().user_change_password(request, id, form_url)

    @admin.display(description=_("sign-in name"), ordering="site_id")
    def page(self, user: User) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:console_player", args=[user.pk]), user.site_id)

    @admin.display(description=_("password"))
    def one_time_password(self, user: User) -> str:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:auth_user_password_change", args=[user.pk]),
            _("Give a one-time password"),
        )

    @admin.action(description=_("Ban: deactivate and end all sessions"), permissions=["change"])
    def ban(self, request, queryset):
        self._carry_out(ACTS["ban"], request, queryset)

    @admin.action(description=_("Lift the ban"), permissions=["change"])
    def unban(self, request, queryset):
        self._carry_out(ACTS["unban"], request, queryset)

    @admin.action(description=_("End all sessions"), permissions=["change"])
    def end_sessions(self, request, queryset):
        self._carry_out(ACTS["end_sessions"], request, queryset)

    @admin.action(description=_("Send a message"), permissions=["message"])
    def send_message(self, request, queryset):
        return admin_pages.message_players(self, request, queryset)

    def _carry_out(self, act: Act, request, players) -> None:
        """An act of the player's page on each of them whom it fits and on whom this operator may act; written down as there."""
        count, key, now = 0, request.POST.get("key") or uuid4().hex, clock.now()
        for player in players:
            if not act.may(request.user, player) or not act.fits(player):
                continue
            on = On(player, request.user, {}, audit.given_reason(request), now)
            path = reverse("admin:console_player_act", args=[player.pk, act.code])
            try:
                carry_out(act, on, key=f"{key}-{player.pk}", path=path)
            except NothingToDo:
                continue
            except DomainError as refusal:
                self.message_user(request, f"{player}: {refusal.message}", messages.ERROR)
                continue
            count += 1
        text = ngettext("%(count)d user changed.", "%(count)d users changed.", count) % {"count": count}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)
