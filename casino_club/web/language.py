"""The language switch: for a year in this browser, and with the account of whoever is signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.users.services import update_profile


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the `language` asked for and lead back to `next`; an unknown language changes nothing."""
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES) and request.user.is_authenticated:
        update_profile(user_id=request.user.pk, changes={"language": language})
    return set_language(request)
