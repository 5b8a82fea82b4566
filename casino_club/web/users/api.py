"""Accounts from a file, for operators' machines."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.imports.rules import MOST_BYTES, Line
from accounts.inbox.rules import REASON_MAX
from casino_club.core.api import ApiView, HasRole, read_flag
from casino_club.core.errors import InvalidInput, PayloadTooLarge
from casino_club.core.schema import refusals
from casino_club.core.shapes import printable
from casino_club.web.users import services

UPLOAD = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}


class CsvParser(BaseParser):
    """The body itself, as it is."""

    media_type = "text/csv"

    def parse(self, stream, media_type=None, parser_context=None) -> bytes:
        return stream.read(MOST_BYTES + 1)


class FaultAnswer(serializers.Serializer):
    column = serializers.CharField()
    code = serializers.CharField(
        help_text="invalid, columns, repeated_in_file, site_id_taken, nickname_taken, phone_taken"
    )
    message = serializers.CharField()


class ImportLineAnswer(serializers.Serializer):
    line = serializers.IntegerField(help_text="Where it stands in the file.")
    status = serializers.CharField(help_text="ok, error or created.")
    site_id = serializers.CharField(required=False)
    user_id = serializers.IntegerField(required=False)
    one_time_password = serializers.CharField(
        required=False, help_text="For an account without an e-mail; told once, in the first answer only."
    )
    errors = FaultAnswer(many=True, required=False)


class ReportAnswer(serializers.Serializer):
    dry_run = serializers.BooleanField()
    total = serializers.IntegerField()
    created = serializers.IntegerField()
    faulty = serializers.IntegerField()
    rows = ImportLineAnswer(many=True)


class ImportUsersView(ApiView):
    permission_classes = (HasRole("security"),)
    parser_classes = (CsvParser, MultiPartParser)

    @extend_schema(
        tags=["admin"],
        summary="Import accounts from CSV: every line or none",
        description=(
            "Columns site_id, nickname and, if wanted, phone_number, email, language; UTF-8; at most 10,000 accounts, "
            "2 MiB. The body is the CSV itself, or a form with `file`. An account with an e-mail has no password until "
            "its owner asks for a link; any other gets a one-time password, told once. The real run needs an "
            "Idempotency-Key; a repeat tells the users again, but no password."
        ),
        parameters=[
            OpenApiParameter("dry_run", bool, description="Only look: nothing is written, no key is needed."),
            OpenApiParameter("reason", str, description="For the audit, at most 200 characters."),
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="For the real run."),
        ],
        request={"text/csv": OpenApiTypes.STR, "multipart/form-data": UPLOAD},
        responses={
            200: ReportAnswer,
            201: ReportAnswer,
            **refusals(
                s400="validation_error, import_refused (with the report)",
                s403="permission_denied",
                s413="payload_too_large",
                s422="idempotency_key_reused",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        data = _file_in(request)
        if read_flag(request, "dry_run"):
            return Response(_answer(services.preview(data=data), dry_run=True))
        try:
            report = services.import_users(
                data=data,
                operator_id=request.user.pk,
                key=request.headers.get("Idempotency-Key"),
                reason=_reason_in(request),
                now=request.now,
            )
        except services.ImportRefused as refusal:
            return Response({**refusal.envelope(), **_answer(refusal.report)}, status=refusal.status)
        headers = {"Idempotency-Hit": "true"} if report.is_repeat else {}
        return Response(_answer(report), status=201, headers=headers)


def _file_in(request: Request) -> bytes:
    """The CSV, from the body or the form's `file`; refused by its announced size before any of it is read."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdigit() and int(announced) > MOST_BYTES + settings.API_MAX_BODY_BYTES:
        raise PayloadTooLarge
    given = request.data
    if isinstance(given, bytes):
        return given
    file = given.get("file")
    if not isinstance(file, UploadedFile):
        raise InvalidInput({"file": [_("Attach the CSV file.")]})
    return file.read(MOST_BYTES + 1)


def _reason_in(request: Request) -> str:
    reason = request.query_params.get("reason", "")
    if len(reason) > REASON_MAX or not printable(reason):
        raise InvalidInput({"reason": [_("At most %(most)s characters.") % {"most": REASON_MAX}]})
    return reason


def _answer(report: services.Report, *, dry_run: bool = False) -> dict:
    return {
        "dry_run": dry_run,
        "total": len(report.lines),
        "created": len(report.lines) if report.is_made else 0,
        "faulty": len(report.faulty),
        "rows": [_row(line) for line in report.lines],
    }


def _row(line: Line) -> dict:
    """One line of the report, without what does not concern it."""
    status = "error" if line.faults else "created" if line.user_id else "ok"
    told = {
        "site_id": line.value("site_id"),
        "user_id": line.user_id,
        "one_time_password": line.one_time_password,
        "errors": [{"column": one.column, "code": one.code, "message": one.message} for one in line.faults],
    }
    return {"line": line.number, "status": status, **{name: value for name, value in told.items() if value}}
