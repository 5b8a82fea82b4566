"""How a request of an operator is told over the API."""

from rest_framework import serializers

from casino_club.core import clock
from economy.approvals.models import Approval


class ApprovalAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    player_id = serializers.IntegerField()
    payload = serializers.DictField(help_text="What was asked for; its names depend on the kind.")
    what = serializers.CharField(help_text="The same in words.")
    reason = serializers.CharField()
    requested_by = serializers.CharField(help_text="The operator's sign-in name.")
    requested_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    state = serializers.CharField(help_text="waiting, approved, denied or expired.")
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()


class ApprovalPage(serializers.Serializer):
    results = ApprovalAnswer(many=True)
    next = serializers.CharField(allow_null=True)


def approval_answer(approval: Approval) -> dict:
    """One request."""
    return {
        "id": approval.pk,
        "kind": approval.kind,
        "player_id": approval.player_id,
        "payload": approval.payload,
        "what": approval.what,
        "reason": approval.reason,
        "requested_by": approval.requested_by.site_id,
        "requested_at": clock.iso(approval.requested_at),
        "expires_at": clock.iso(approval.expires_at),
        "state": str(approval.state),
        "decided_by": approval.decided_by and approval.decided_by.site_id,
        "decided_at": clock.iso(approval.decided_at) if approval.decided_at else None,
        "decision_reason": approval.decision_reason,
    }
