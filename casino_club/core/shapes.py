"""What a request must look like: strict fields on DRF serializers. Nothing is guessed, trimmed into range or cast."""

import re
import unicodedata
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.settings import api_settings

from casino_club.core.errors import InvalidInput

BIGINT_MAX = 2**63 - 1


class Shape(serializers.Serializer):
    """A request's shape. `read(data)` gives the checked values or raises InvalidInput naming each faulty field."""

    default_error_messages = {"invalid": _("Expected an object.")}

    @classmethod
    def read(cls, data: object) -> dict:
        try:
            return _reader(cls, get_language()).run_validation(data)
        except serializers.ValidationError as refused:
            raise InvalidInput(flat(refused.detail)) from refused


@cache
def _reader(shape: type[Shape], language: str | None) -> Shape:
    """One object a language reads everything: making the fields anew costs more than reading with them, but they
    remember their messages."""
    return shape()


def flat(errors: object, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as `{"a.b": [texts]}`; what is wrong with the whole body stands under `body`."""
    if isinstance(errors, dict):
        found: dict[str, list[str]] = {}
        for name, inner in errors.items():
            if name == api_settings.NON_FIELD_ERRORS_KEY:
                found.update(flat(inner, prefix))
            else:
                found.update(flat(inner, f"{prefix}.{name}" if prefix else str(name)))
        return found
    if errors and all(isinstance(inner, dict) for inner in errors):
        found = {}
        for position, inner in enumerate(errors):
            found.update(flat(inner, f"{prefix}[{position}]"))
        return found
    return {prefix or "body": [str(text) for text in errors]}


class IntegerField(serializers.IntegerField):
    """A JSON integer: not a boolean, not a string, not 1.0. Always bounded, by default to a bigint ≥ 0."""

    def __init__(self, *, min_value: int = 0, max_value: int = BIGINT_MAX, **kwargs):
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data):
        if type(data) is not int:
            self.fail("invalid")
        return data


class BooleanField(serializers.BooleanField):
    """`true` or `false`, nothing that merely looks like it."""

    def to_internal_value(self, data):
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data


class ChoiceField(serializers.ChoiceField):
    """One of the values exactly as written: `true` is not 1, and "10" is not 10."""

    def to_internal_value(self, data):
        if type(data) not in {type(value) for value in self.choices}:
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class TextField(serializers.CharField):
    """Text of bounded length: a JSON string without NUL, lone surrogates, control or invisible formatting characters.

    With `pattern` the whole text must match. Set `trim_whitespace=False` for secrets.
    """

    default_error_messages = {
        "characters": _("This contains characters that can't be used."),
        "pattern": _("This does not have the right form."),
    }

    def __init__(self, *, max_length: int, pattern: str | None = None, **kwargs):
        super().__init__(max_length=max_length, **kwargs)
        self.pattern = re.compile(pattern) if pattern else None

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        if not printable(data):
            self.fail("characters")
        return super().to_internal_value(data)

    def run_validation(self, data=serializers.empty):
        value = super().run_validation(data)
        if self.pattern and value and not self.pattern.fullmatch(value):
            self.fail("pattern")
        return value


def printable(text: str) -> bool:
    """Whether every character may stand in a line of text: no control, format, surrogate, private or unassigned one."""
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} for character in text)
