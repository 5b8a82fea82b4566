"""The pages by which players take their data along, or leave for good."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts.signin import cookies
from accounts.users import rules
from casino_club.core import clock
from casino_club.core.errors import DomainError
from casino_club.web.errors import answer
from casino_club.web.privacy import services
from casino_club.web.privacy.api import as_download
from casino_club.web.signin.answers import refused
from casino_club.web.signin.forms import AccountForm, password_input


class DeleteForm(AccountForm):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=rules.PASSWORD_MAX,
        strip=False,
        widget=password_input("current-password"),
    )
    understood = forms.BooleanField(label=gettext_lazy("I understand that this can't be undone."))


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Everything held about the player, as a file."""
    try:
        return as_download(services.export(user_id=request.user.pk, now=clock.now()))
    except DomainError as refusal:
        return answer(request, refusal)


@never_cache
@sensitive_post_parameters("password")
@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Delete the account, once the password has been typed."""
    form = DeleteForm(request.POST or None)
    context = {"form": form, "is_operator": request.user.is_staff or request.user.is_superuser}
    if request.method == "GET" or not form.is_valid():
        return render(request, "accounts/delete.html", context)
    try:
        services.delete_account(
            user=request.user,
            password=form.cleaned_data["password"],
            address=request.client_ip,
            now=clock.now(),
        )
    except DomainError as refusal:
        return refused(request, "accounts/delete.html", context, refusal)
    cookies.end(request)
    messages.success(request, _("Your account is deleted. Take care."))
    return redirect("home")
