"""The inbox as a page, and the bell that counts what is unread."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from rest_framework.request import Request

from accounts.inbox import selectors, services
from casino_club.core import clock
from casino_club.core.api import page_of
from casino_club.core.errors import InvalidInput, NotFound


@never_cache
@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What the club has told the player, the latest first: all of it, or what is unread."""
    only_unread = request.GET.get("show") == "unread"
    found = selectors.notifications_of(request.user.pk, unread=True if only_unread else None)
    try:
        page = page_of(found, Request(request), serialize=lambda notification: notification)
    except InvalidInput:
        return redirect("inbox")
    context = {
        "notifications": page["results"],
        "unread": selectors.count_unread(request.user.pk),
        "only_unread": only_unread,
        "next_url": _url(only_unread, page["next"]) if page["next"] else "",
        "first_url": _url(only_unread) if "cursor" in request.GET else "",
    }
    return render(request, "accounts/inbox.html", context)


@login_required
@require_POST
def read(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one as read; whoever asks to follow it is led to its page."""
    try:
        notification = services.read(player_id=request.user.pk, notification_id=notification_id, now=clock.now())
    except NotFound:
        messages.info(request, _("That message is no longer here."))
        return redirect("inbox")
    if "follow" in request.POST and notification.url:
        return redirect(notification.url)
    return redirect(_url(request.GET.get("show") == "unread"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    services.read_all(player_id=request.user.pk, now=clock.now())
    messages.success(request, _("Everything is marked as read."))
    return redirect("inbox")


def _url(only_unread: bool, cursor: str | None = None) -> str:
    query = {name: value for name, value in (("show", "unread" if only_unread else ""), ("cursor", cursor)) if value}
    return f"{reverse('inbox')}?{urlencode(query)}" if query else reverse("inbox")
