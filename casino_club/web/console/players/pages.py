"""A player's page for operators: sections that are read one at a time, and acts that look before they leap."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.request import Request

from accounts.care import services as care
from accounts.care.rules import NOTE_MAX
from accounts.users.models import User
from accounts.users.selectors import user_named
from casino_club.core import clock, roles
from casino_club.core.errors import DomainError, InvalidInput
from casino_club.core.shapes import BIGINT_MAX
from casino_club.web.console.players.acts import Act, On, carry_out
from casino_club.web.console.players.repertoire import ACTS
from casino_club.web.console.players.sections import FIRST, SECTIONS, Asked

WRITERS = ("support", "economy", "security")


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("note"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 3}),
        help_text=gettext_lazy("For colleagues. The player sees it in the export of their data."),
    )


class PlayerPages:
    """The pages of one operators' site."""

    def __init__(self, site: AdminSite):
        self.site = site

    def urls(self) -> list:
        guarded = self.site.admin_view
        page = guarded(require_GET(self.section))
        return [
            path("console/players/find", guarded(require_GET(self.find)), name="console_find_player"),
            path("console/players/<int:user_id>", page, name="console_player"),
            path("console/players/<int:user_id>/<slug:code>", page, name="console_player_section"),
            path(
                "console/players/<int:user_id>/acts/<slug:code>",
                guarded(require_http_methods(["GET", "POST"])(self.act)),
                name="console_player_act",
            ),
            path(
                "console/players/<int:user_id>/notes/write",
                guarded(require_POST(self.write_note)),
                name="console_player_write_note",
            ),
            path(
                "console/players/<int:user_id>/notes/<int:note_id>/erase",
                guarded(require_POST(self.erase_note)),
                name="console_player_erase_note",
            ),
        ]

    def find(self, request: HttpRequest) -> HttpResponse:
        """The player with this name, phone number or number; otherwise the list says that there is nobody."""
        term = request.GET.get("q", "").strip()
        player = user_named(term) if term else None
        if player is None and term.isascii() and term.isdigit():
            player = User.objects.filter(phone_number=term).first()
            if player is None and int(term) <= BIGINT_MAX:
                player = User.objects.filter(pk=int(term)).first()
        if player is not None:
            return redirect("admin:console_player", player.pk)
        messages.warning(request, _("Nobody is called “%(term)s”.") % {"term": term})
        return redirect("admin:accounts_user_changelist")

    def section(self, request: HttpRequest, user_id: int, code: str = FIRST) -> HttpResponse:
        """One section: alone for a page that is open, otherwise with everything around it."""
        player = self._player(user_id)
        section = SECTIONS.get(code)
        if section is None:
            raise Http404
        try:
            found = section.context(Asked(player, request.user, Request(request), clock.now()))
        except InvalidInput:
            return redirect("admin:console_player_section", user_id, code)
        context = {
            **found,
            "player_shown": player,
            "section": section,
            "sections": SECTIONS.values(),
            "note_form": NoteForm(),
            "may_write_notes": _may_write(request.user),
        }
        if request.htmx:
            return render(request, "admin/console/player/section.html", context)
        return render(request, "admin/console/player/page.html", {**self._around(request, player), **context})

    def act(self, request: HttpRequest, user_id: int, code: str) -> HttpResponse:
        """Asks why; then says what would happen; then, once that is confirmed, does it."""
        player, act = self._player(user_id), ACTS.get(code)
        if act is None:
            raise Http404
        if not act.may(request.user, player):
            raise PermissionDenied
        form = act.form(request.POST or None, initial={"key": uuid.uuid4().hex})
        lines = None
        if request.method == "POST" and form.is_valid():
            on = On(player, request.user, form.given(), form.cleaned_data["reason"], clock.now())
            try:
                if "confirm" in request.POST:
                    return self._done(request, act, on, form.cleaned_data["key"])
                lines = act.preview(on)
            except InvalidInput as refusal:
                for name, texts in refusal.fields.items():
                    form.add_error(name if name in form.fields else None, texts)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
        context = {**self._around(request, player), "title": act.label, "act": act, "form": form, "lines": lines}
        return render(request, "admin/console/player/act.html", context)

    def write_note(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Keep a note of the operator."""
        player = self._player(user_id)
        if not _may_write(request.user) or player.deleted_at is not None:
            raise PermissionDenied
        try:
            care.write_note(
                player_id=player.pk, author_id=request.user.pk, text=request.POST.get("text", ""), now=clock.now()
            )
        except InvalidInput as refusal:
            messages.error(request, " ".join(text for texts in refusal.fields.values() for text in texts))
        return redirect("admin:console_player_section", player.pk, "notes")

    def erase_note(self, request: HttpRequest, user_id: int, note_id: int) -> HttpResponse:
        """Take one's own note away."""
        try:
            care.erase_note(player_id=user_id, note_id=note_id, operator_id=request.user.pk)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        return redirect("admin:console_player_section", user_id, "notes")

    def _player(self, user_id: int) -> User:
        return get_object_or_404(User, pk=user_id if user_id <= BIGINT_MAX else None)

    def _around(self, request: HttpRequest, player: User) -> dict:
        return {
            **self.site.each_context(request),
            "title": str(player),
            "player_shown": player,
            "opts": User._meta,
            "acts": [act for act in ACTS.values() if act.fits(player) and act.may(request.user, player)],
        }

    def _done(self, request: HttpRequest, act: Act, on: On, key: str) -> HttpResponse:
        messages.success(request, carry_out(act, on, key=key, path=request.path))
        return redirect("admin:console_player", on.player.pk)


def _may_write(operator: User) -> bool:
    return any(roles.has(operator, name) for name in WRITERS)
