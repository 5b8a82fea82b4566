"""What waits for a second operator, for operators' machines: all read, the economy role decides."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from casino_club.core.api import ApiView, HasRole, StaffOnly, page_of
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.core.shapes import BIGINT_MAX, Shape, TextField
from economy.approvals import services
from economy.approvals.answers import ApprovalAnswer, ApprovalPage, approval_answer
from economy.approvals.rules import REASON_MAX, State
from economy.approvals.selectors import requests_in
from economy.queries import read_choice

TAG = "operators"
ROLE = "economy"
ALL = "all"


class ApproveShape(Shape):
    reason = TextField(max_length=REASON_MAX, required=False, allow_blank=True)


class DenyShape(Shape):
    reason = TextField(min_length=2, max_length=REASON_MAX)


class ApprovalsView(ApiView):
    permission_classes = (StaffOnly,)

    @extend_schema(
        operation_id="admin_approvals_list",
        tags=[TAG],
        summary="What waits for a second operator, or was decided, the latest first",
        parameters=[
            OpenApiParameter("state", str, enum=[*State, ALL], description="By default waiting."),
            CURSOR,
            LIMIT,
        ],
        responses={200: ApprovalPage},
    )
    def get(self, request: Request) -> Response:
        state = read_choice(request, "state", [*State, ALL], default=State.WAITING)
        rows = requests_in(None if state == ALL else State(state))
        return Response(page_of(rows, request, key=("-id",), serialize=approval_answer))


class ApproveView(ApiView):
    permission_classes = (HasRole(ROLE),)

    @extend_schema(
        operation_id="admin_approvals_approve",
        tags=[TAG],
        summary="Do what another operator asked for; once, a repeat does nothing more",
        request=ApproveShape,
        responses={
            200: ApprovalAnswer,
            **refusals(
                s403="permission_denied, own_request", s404="not_found", s409="already_decided, approval_expired"
            ),
        },
    )
    def post(self, request: Request, approval_id: int) -> Response:
        reason = ApproveShape.read(request.data).get("reason", "")
        approval = services.approve(
            approval_id=min(approval_id, BIGINT_MAX), operator_id=request.user.pk, reason=reason, now=request.now
        )
        return Response(approval_answer(approval))


class DenyView(ApiView):
    permission_classes = (HasRole(ROLE),)

    @extend_schema(
        operation_id="admin_approvals_deny",
        tags=[TAG],
        summary="Refuse what was asked for; whoever asked takes it back so",
        request=DenyShape,
        responses={
            200: ApprovalAnswer,
            **refusals(s404="not_found", s409="already_decided, approval_expired"),
        },
    )
    def post(self, request: Request, approval_id: int) -> Response:
        reason = DenyShape.read(request.data)["reason"]
        approval = services.deny(
            approval_id=min(approval_id, BIGINT_MAX), operator_id=request.user.pk, reason=reason, now=request.now
        )
        return Response(approval_answer(approval))
