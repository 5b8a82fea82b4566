"""What goes over the wire: JSON, strict on its way in and written in one way on its way out.

Apart from `core.api`: REST framework loads its settings' classes while `rest_framework.views` is being imported.
"""

import json

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from casino_club.core import errors, idempotency


class Renderer(JSONRenderer):
    """JSON and nothing else, written by the one function that also writes stored answers."""

    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return b"" if data is None else idempotency.render(data).encode()


class StrictJSONParser(BaseParser):
    """A bounded, valid UTF-8 JSON body whose texts can be stored: no NUL, no lone surrogates, no NaN."""

    media_type = "application/json"
    renderer_class = Renderer

    def parse(self, stream, media_type=None, parser_context=None):
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body_bytes", None) or settings.API_MAX_BODY_BYTES
        try:
            raw = stream.read(limit + 1)
        except RequestDataTooBig as error:
            raise errors.PayloadTooLarge from error
        if len(raw) > limit:
            raise errors.PayloadTooLarge
        return read(raw)


def read(raw: bytes) -> object:
    """The JSON of a body. Raises MalformedBody."""
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise errors.MalformedBody from error
    return data


def _no_constant(name: str):
    raise ValueError(name)
