"""The inbox, for players' machines."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.inbox import selectors, services
from accounts.inbox.models import Notification
from casino_club.core import clock
from casino_club.core.api import ApiView, page_of, read_flag
from casino_club.core.schema import CURSOR, LIMIT, refusals

TAG = "inbox"


class NotificationAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="What it is about; never translated.")
    title = serializers.CharField()
    text = serializers.CharField(help_text="In the caller's language.")
    url = serializers.CharField(allow_null=True, help_text="The page it leads to.")
    params = serializers.DictField(help_text="What the text was made of.")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NotificationPage(serializers.Serializer):
    results = NotificationAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class UnreadCount(serializers.Serializer):
    unread_count = serializers.IntegerField()


class ReadAll(serializers.Serializer):
    read = serializers.IntegerField(help_text="How many were unread.")


class NotificationsView(ApiView):
    @extend_schema(
        tags=[TAG],
        summary="The player's notifications, newest first",
        parameters=[
            OpenApiParameter("unread", bool, description="Only those not read yet, or only those read."),
            CURSOR,
            LIMIT,
        ],
        responses={200: NotificationPage},
    )
    def get(self, request: Request) -> Response:
        found = selectors.notifications_of(request.user.pk, unread=read_flag(request, "unread"))
        return Response(page_of(found, request, serialize=notification_answer))


class UnreadCountView(ApiView):
    @extend_schema(tags=[TAG], summary="How many notifications are unread", responses={200: UnreadCount})
    def get(self, request: Request) -> Response:
        return Response({"unread_count": selectors.count_unread(request.user.pk)})


class ReadView(ApiView):
    @extend_schema(
        tags=[TAG],
        summary="Mark a notification as read; a repeat changes nothing",
        request=None,
        responses={200: NotificationAnswer, **refusals(s404="not_found")},
    )
    def post(self, request: Request, notification_id: int) -> Response:
        read = services.read(player_id=request.user.pk, notification_id=notification_id, now=request.now)
        return Response(notification_answer(read))


class ReadAllView(ApiView):
    @extend_schema(tags=[TAG], summary="Mark every notification as read", request=None, responses={200: ReadAll})
    def post(self, request: Request) -> Response:
        return Response({"read": services.read_all(player_id=request.user.pk, now=request.now)})


def notification_answer(notification: Notification) -> dict:
    """One notification, in the active language."""
    return {
        "id": notification.pk,
        "kind": notification.kind,
        "title": notification.title,
        "text": notification.text,
        "url": notification.url,
        "params": notification.params,
        "created_at": clock.iso(notification.created_at),
        "read_at": clock.iso(notification.read_at) if notification.read_at else None,
    }
