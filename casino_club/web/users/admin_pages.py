"""Pages of the operators' site about many users: accounts from a file, a message to the chosen."""

import csv
import uuid
from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.imports.rules import COLUMNS, MOST_BYTES, MOST_ROWS
from accounts.inbox import rules as inbox
from accounts.inbox.services import send_message
from accounts.users.models import User
from casino_club.core import clock, idempotency, roles
from casino_club.core.errors import DomainError, InvalidInput
from casino_club.web.users import services

ROLE = "security"
SALT = "users.import"
GOOD_FOR_SECONDS = 30 * 60
SHOWN_LINES = 200
MOST_RECIPIENTS = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}), allow_empty_file=True
    )


class ConfirmForm(forms.Form):
    """The file as it was looked at, signed; and why it is imported."""

    data = forms.CharField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=inbox.REASON_MAX,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For the audit; no personal data."),
    )


class MessageForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    message = forms.CharField(
        label=gettext_lazy("message"),
        max_length=inbox.MESSAGE_MAX,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 5}),
        help_text=gettext_lazy("Lies in the inbox of each, as it is written here."),
    )
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        max_length=inbox.REASON_MAX,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For the audit; no personal data."),
    )


def import_users(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Choose a file, look at what it would do, confirm; the report with the one-time passwords is downloaded once."""
    if not roles.has(request.user, ROLE):
        raise PermissionDenied
    if "data" in request.POST:
        return _confirm(model_admin, request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _look(model_admin, request, form.cleaned_data["file"].read(MOST_BYTES + 1))
        except InvalidInput as refusal:
            form.add_error("file", refusal.fields["file"])
        except DomainError as refusal:
            form.add_error("file", str(refusal.message))
    return _import_page(model_admin, request, form=form)


def message_players(model_admin: ModelAdmin, request: HttpRequest, players: Iterable[User]) -> HttpResponse | None:
    """Write to the chosen players, who can still come in; None once it is sent."""
    chosen = list(players.filter(is_active=True).values_list("pk", flat=True)[: MOST_RECIPIENTS + 1])
    if not 0 < len(chosen) <= MOST_RECIPIENTS:
        most = {"most": f"{MOST_RECIPIENTS:,}"}
        model_admin.message_user(request, _("Choose 1 to %(most)s active users.") % most, messages.WARNING)
        return None
    form = MessageForm(request.POST if "send" in request.POST else None, initial={"key": uuid.uuid4().hex})
    if form.is_valid():
        _send(request, chosen, **form.cleaned_data)
        text = ngettext("Sent to %(count)d player.", "Sent to %(count)d players.", len(chosen))
        model_admin.message_user(request, text % {"count": len(chosen)}, messages.SUCCESS)
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Send a message"),
        "form": form,
        "count": len(chosen),
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "across": request.POST.get("select_across", "0"),
        "opts": User._meta,
    }
    return TemplateResponse(request, "accounts/admin/message.html", context)


def _send(request: HttpRequest, player_ids: list[int], *, key: str, message: str, reason: str) -> None:
    """Once for the form: a second click sends nothing more."""

    def work() -> tuple[int, object]:
        sent = send_message(
            operator_id=request.user.pk, player_ids=player_ids, message=message, reason=reason, now=clock.now()
        )
        return 200, {"recipients": sent.recipients}

    idempotency.run(
        actor_id=request.user.pk,
        key=key,
        method="POST",
        path=request.path,
        body={"message": message, "reason": reason, "players": player_ids},
        now=clock.now(),
        work=work,
    )


def _look(model_admin: ModelAdmin, request: HttpRequest, data: bytes) -> HttpResponse:
    report = services.preview(data=data)
    if report.faulty:
        return _import_page(model_admin, request, form=UploadForm(), report=report)
    signed = signing.dumps(data.decode(), salt=SALT, compress=True)
    if len(signed) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE - settings.API_MAX_BODY_BYTES:
        raise InvalidInput({"file": [_("This file is too large for this page. Send it to the API, or in parts.")]})
    confirm = ConfirmForm(initial={"data": signed, "key": uuid.uuid4().hex})
    return _import_page(model_admin, request, form=UploadForm(), confirm=confirm, report=report)


def _confirm(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    try:
        data = signing.loads(request.POST["data"], salt=SALT, max_age=GOOD_FOR_SECONDS).encode()
    except signing.BadSignature:
        model_admin.message_user(request, _("That took too long. Please choose the file again."), messages.WARNING)
        return redirect(reverse("admin:accounts_user_import"))
    if not form.is_valid():
        return _import_page(model_admin, request, form=UploadForm(), confirm=form, report=services.preview(data=data))
    given = form.cleaned_data
    try:
        report = services.import_users(
            data=data, operator_id=request.user.pk, key=given["key"], reason=given["reason"], now=clock.now()
        )
    except services.ImportRefused as refusal:
        return _import_page(model_admin, request, form=UploadForm(), report=refusal.report)
    except DomainError as refusal:
        model_admin.message_user(request, str(refusal.message), messages.ERROR)
        return redirect(reverse("admin:accounts_user_import"))
    count = len(report.lines)
    text = ngettext("%(count)d account imported.", "%(count)d accounts imported.", count) % {"count": count}
    model_admin.message_user(request, text, messages.SUCCESS)
    return _report_file(report)


def _import_page(model_admin: ModelAdmin, request: HttpRequest, *, form, confirm=None, report=None) -> HttpResponse:
    """The page at any of its steps; of a long report the faulty lines, or the first ones."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Import users"),
        "opts": User._meta,
        "form": form,
        "confirm": confirm,
        "report": report,
        "shown": (report.faulty or report.lines)[:SHOWN_LINES] if report else [],
        "columns": COLUMNS,
        "most_rows": MOST_ROWS,
    }
    return TemplateResponse(request, "accounts/admin/import.html", context, status=200)


def _report_file(report: services.Report) -> HttpResponse:
    """The report as CSV for a spreadsheet; with its one-time passwords it is kept by no cache, like any page here."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-report.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("line"), _("sign-in name"), _("user"), _("one-time password")])
    for line in report.lines:
        writer.writerow([line.number, _plain(line.value("site_id")), line.user_id, _plain(line.one_time_password)])
    return response


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
