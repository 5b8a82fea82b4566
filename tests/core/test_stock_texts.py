"""No refusal is said in a framework's words: every field of every request, the account forms, the password rules."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.utils import translation

from accounts.users.models import User
from casino_club.core.errors import InvalidInput
from casino_club.core.shapes import Shape
from casino_club.web.signin import forms

get_resolver().url_patterns  # noqa: B018 - every door is imported, and so every shape is known
FRIENDLY = re.compile(r"[가-힣].*(요\.( \(지금 \d+자\))?|요: .+)$")
FAULTS = [
    None,
    "",
    " ",
    True,
    -(10**12),
    10**40,
    0,
    1.5,
    "x" * 5000,
    "a\x00",
    "\ud800",
    "?!",
    [],
    [1],
    {},
    {"a": -1},
    {"a": "b"},
]
SHAPES = [shape for shape in Shape.__subclasses__() if not shape.__module__.startswith("tests.")]
FORMS = {name: form for name, form in vars(forms).items() if name.endswith("Form") and name != "AccountForm"}


@pytest.fixture(autouse=True)
def korean():
    with translation.override("ko"):
        yield


def refusals(shape, body):
    try:
        shape.read(body)
    except InvalidInput as refusal:
        return [text for texts in refusal.fields.values() for text in texts]
    return []


def test_shapes_of_every_app_are_known():
    assert {shape.__module__.split(".")[0] for shape in SHAPES} >= {"casino_club", "economy", "events", "games"}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__qualname__)
def test_every_field_refuses_in_friendly_korean(shape):
    said = set(refusals(shape, {}))
    for name in shape().fields:
        for fault in FAULTS:
            said.update(refusals(shape, {name: fault}))

    assert [text for text in said if not FRIENDLY.search(text)] == []


@pytest.mark.parametrize("name", FORMS)
def test_every_account_form_refuses_in_friendly_korean(name):
    form_class = FORMS[name]
    said = {text for texts in form_class({}).errors.values() for text in texts}
    for field in form_class.base_fields:
        for fault in ("", "a", "1", "x" * 5000, "a\x00b"):
            said.update(form_class({field: fault}).errors.get(field, []))

    assert [text for text in said if not FRIENDLY.search(text)] == []


@pytest.mark.parametrize("password", ["short", "password", "73019482", "moonwatcher"])
def test_password_rules_speak_friendly_korean(password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, User(site_id="moonwatcher", nickname="달지기"))

    assert [text for text in refusal.value.messages if not FRIENDLY.search(text)] == []


def test_a_sign_up_says_how_long_a_name_must_be():
    form = forms.SignUpForm({"site_id": "ab"})

    assert form.errors["site_id"] == ["3자 이상이어야 해요. (지금 2자)"]
