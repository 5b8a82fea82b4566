"""A player's own data, for machines: take it along, or have it deleted."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sessions.models import SessionKind
from accounts.signin import cookies
from accounts.users import rules
from casino_club.core.api import ApiView
from casino_club.core.schema import refusals
from casino_club.core.shapes import Shape, TextField
from casino_club.web.privacy import services

TAG = "account"
FILENAME = "casino-club.json"


class Deletion(Shape):
    password = TextField(max_length=rules.PASSWORD_MAX, trim_whitespace=False, write_only=True)


class ExportView(ApiView):
    @extend_schema(
        tags=[TAG],
        summary="Everything held about the player",
        description="{format, exported_at, tables: {table: [rows]}}; every table is named, also those without a row.",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT), **refusals(s429="rate_limited")},
    )
    def get(self, request: Request) -> FileResponse:
        return as_download(services.export(user_id=request.user.pk, now=request.now))


class DeleteView(ApiView):
    @extend_schema(
        tags=[TAG],
        summary="Delete the account: anonymous, for good, signed out everywhere",
        request=Deletion,
        responses={
            204: None,
            **refusals(s409="operator_account", s429="login_locked (with retry_after_minutes), rate_limited"),
        },
    )
    def post(self, request: Request) -> Response:
        given = Deletion.read(request.data)
        services.delete_account(
            user=request.user, password=given["password"], address=request.client_ip, now=request.now
        )
        if request.auth.kind == SessionKind.COOKIE:
            cookies.end(request._request)
        return Response(status=204)


def as_download(file) -> FileResponse:
    """The export as a file to keep."""
    answer = FileResponse(file, as_attachment=True, filename=FILENAME, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    return answer
