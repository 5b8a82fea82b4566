"""Alerts for operators' machines: every operator reads, those who look after the house acknowledge."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from casino_club.core import alert_rules, alerts, clock
from casino_club.core.api import ApiView, HasRole, StaffOnly, page_of
from casino_club.core.models import Alert
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.core.shapes import BIGINT_MAX
from economy.queries import read_choice

TAG = "operators"
STATES = {
    "open": {"resolved_at__isnull": True},
    "unacknowledged": {"resolved_at__isnull": True, "acknowledged_at__isnull": True},
    "resolved": {"resolved_at__isnull": False},
    "all": {},
}


class AlertAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    rule = serializers.CharField()
    key = serializers.CharField(help_text="What of it: a package, an endpoint; often empty.")
    severity = serializers.CharField(help_text="info, warning or critical.")
    title = serializers.CharField()
    message = serializers.CharField()
    runbook = serializers.CharField(help_text="A path in the repository.")
    raised_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    times = serializers.IntegerField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True, help_text="The operator's sign-in name.")


class AlertPage(serializers.Serializer):
    results = AlertAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class AlertsView(ApiView):
    permission_classes = (StaffOnly,)

    @extend_schema(
        operation_id="admin_alerts_list",
        tags=[TAG],
        summary="Alerts, the latest raised first",
        parameters=[
            OpenApiParameter("state", str, enum=list(STATES), description="By default open."),
            OpenApiParameter("severity", str, enum=list(alert_rules.SEVERITIES)),
            CURSOR,
            LIMIT,
        ],
        responses={200: AlertPage},
    )
    def get(self, request: Request) -> Response:
        wanted = STATES[read_choice(request, "state", list(STATES), default="open")]
        severity = read_choice(request, "severity", list(alert_rules.SEVERITIES))
        rows = Alert.objects.filter(**wanted).select_related("acknowledged_by")
        if severity:
            rows = rows.filter(severity=severity)
        return Response(page_of(rows, request, key=("-id",), serialize=answer))


class AcknowledgeView(ApiView):
    permission_classes = (HasRole("support", "economy", "security"),)

    @extend_schema(
        operation_id="admin_alerts_acknowledge",
        tags=[TAG],
        summary="Say that somebody looks after it; the first operator's name stays",
        request=None,
        responses={200: AlertAnswer, **refusals(s404="not_found")},
    )
    def post(self, request: Request, alert_id: int) -> Response:
        known = min(alert_id, BIGINT_MAX)
        return Response(answer(alerts.acknowledge(alert_id=known, operator_id=request.user.pk, now=request.now)))


def answer(alert: Alert) -> dict:
    """An alert as the API tells it."""

    def moment(value):
        return clock.iso(value) if value else None

    return {
        "id": alert.pk,
        "rule": alert.rule,
        "key": alert.key,
        "severity": alert.severity,
        "title": alert.title,
        "message": alert.text,
        "runbook": alert_rules.runbook(alert.rule),
        "raised_at": moment(alert.raised_at),
        "last_seen_at": moment(alert.last_seen_at),
        "times": alert.times,
        "resolved_at": moment(alert.resolved_at),
        "acknowledged_at": moment(alert.acknowledged_at),
        "acknowledged_by": alert.acknowledged_by and alert.acknowledged_by.site_id,
    }
