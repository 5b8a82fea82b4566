"""Gifts, for operators' machines."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from casino_club.core.api import ApiView, HasRole, idempotent
from casino_club.core.schema import refusals
from casino_club.core.shapes import BIGINT_MAX, IntegerField, Shape, TextField
from economy.approvals.answers import ApprovalAnswer, approval_answer
from economy.approvals.rules import REASON_MAX
from economy.grants.rules import ASSETS, MOST
from economy.grants.services import Outcome, grant


class GrantShape(Shape):
    gold = IntegerField(max_value=MOST, required=False)
    gems = IntegerField(max_value=MOST, required=False)
    xp = IntegerField(max_value=MOST, required=False)
    vip_points = IntegerField(max_value=MOST, required=False)
    reason = TextField(min_length=2, max_length=REASON_MAX, help_text="For the audit; no personal data.")


class GrantAmounts(serializers.Serializer):
    gold = serializers.IntegerField()
    gems = serializers.IntegerField()
    xp = serializers.IntegerField()
    vip_points = serializers.IntegerField()


class GrantAnswer(serializers.Serializer):
    status = serializers.CharField(help_text="granted or waiting.")
    grant_id = serializers.IntegerField(allow_null=True)
    given = GrantAmounts(allow_null=True, help_text="What the policy of special rewards left; null while it waits.")
    balances = GrantAmounts(allow_null=True)
    approval = ApprovalAnswer(allow_null=True, help_text="What a second operator has to decide; null when given.")


class GrantView(ApiView):
    permission_classes = (HasRole("support", "economy"),)

    @extend_schema(
        operation_id="admin_users_grant",
        tags=["operators"],
        summary="Give a player gold, gems, XP or VIP points; much of it waits for a second operator",
        request=GrantShape,
        responses={
            200: GrantAnswer,
            202: GrantAnswer,
            **refusals(
                s403="permission_denied, own_account",
                s404="not_found",
                s409="not_a_player, nothing_left, wallet_missing, balance_overflow",
            ),
        },
    )
    @idempotent
    def post(self, request: Request, user_id: int) -> Response:
        given = GrantShape.read(request.data)
        outcome = grant(
            player_id=min(user_id, BIGINT_MAX),
            amounts={name: given.get(name, 0) for name in ASSETS},
            reason=given["reason"],
            operator_id=request.user.pk,
            now=request.now,
        )
        return Response(_answer(outcome), status=202 if outcome.approval else 200)


def _answer(outcome: Outcome) -> dict:
    if outcome.approval:
        waiting = {"status": "waiting", "grant_id": None, "given": None, "balances": None}
        return {**waiting, "approval": approval_answer(outcome.approval)}
    reward = outcome.granted.reward
    return {
        "status": "granted",
        "grant_id": outcome.grant.pk,
        "given": {
            "gold": reward.gold_amount,
            "gems": reward.gem_amount,
            "xp": reward.xp_amount,
            "vip_points": reward.vip_points,
        },
        "balances": asdict(outcome.granted.balances),
        "approval": None,
    }
