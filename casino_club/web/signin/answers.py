"""How a page of an account answers a refusal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import DomainError
from casino_club.web.signin.forms import AccountForm

RESET_ASKED = _("If an account has this e-mail, a link is on its way to it.")


def refused(request: HttpRequest, template: str, context: dict, refusal: DomainError) -> HttpResponse:
    """The same page with the refusal in its place; a lock or a rate also tells when to come back."""
    form: AccountForm = context["form"]
    locked = refusal.retry_after is not None
    if not locked:
        form.show(refusal)
    response = render(
        request,
        template,
        {**context, "refusal": refusal, "locked": locked},
        status=refusal.status if locked else 200,
    )
    if locked:
        response["Retry-After"] = str(refusal.retry_after)
    return response
