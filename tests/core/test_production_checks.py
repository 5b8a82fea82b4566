"""Production refuses to start on unsafe settings, each with one clear sentence."""

import pytest
from django.core.checks.security.base import check_secret_key

from casino_club.core import checks

SECRET = "plum-moon-crane-" * 3 + "!!"  # as short as it may be
SAFE = {
    "APP_ENV": "production",
    "PRODUCTION": True,
    "SECRET_KEY": SECRET,
    "JWT_SECRET_KEY": SECRET[::-1],
    "DEBUG": False,
    "ALLOWED_HOSTS": ["casino.example"],
    "AUTO_SEED_BASIC": False,
    "EXTERNAL_DATABASE": True,
    "EXTERNAL_REDIS": True,
    "DEV_ROUTES": False,
    "PAYMENTS_PROVIDER": "",
    "METRICS_NETWORKS": ["10.0.0.0/8"],
    "WEBHOOK_KEYS": {"k2026": SECRET},
    "WEBHOOK_ACTIVE_KID": "k2026",
    "WEBHOOK_ALLOWED_PRIVATE_HOSTS": [],
}


@pytest.fixture
def production(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def test_safe_settings_start(production):
    assert checks.refusals() == []
    checks.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", SECRET[1:], "SECRET_KEY"),
        ("SECRET_KEY", "abcd" * 20, "SECRET_KEY"),
        ("SECRET_KEY", "development-only-secret-not-for-production-0123456789", "SECRET_KEY"),
        ("JWT_SECRET_KEY", "short", "JWT_SECRET_KEY"),
        ("JWT_SECRET_KEY", SECRET, "same"),
        ("DEBUG", True, "DEBUG"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [".example"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS"),
        ("AUTO_SEED_BASIC", True, "AUTO_SEED_BASIC"),
        ("EXTERNAL_DATABASE", False, "DATABASE_URL"),
        ("EXTERNAL_REDIS", False, "REDIS_URL"),
        ("DEV_ROUTES", True, "DEV_ROUTES"),
        ("PAYMENTS_PROVIDER", "sandbox", "PAYMENTS_PROVIDER"),
        ("METRICS_NETWORKS", ["10.0.0.0/8", "::/0"], "METRICS_NETWORKS"),
        ("WEBHOOK_KEYS", {"k2026": "short"}, "WEBHOOK_KEYS"),
        ("WEBHOOK_KEYS", {"k2026": "development-only-secret-not-for-production-0123456789"}, "WEBHOOK_KEYS"),
        ("WEBHOOK_KEYS", {"k.2026": SECRET}, "WEBHOOK_KEYS"),
        ("WEBHOOK_KEYS", {}, "WEBHOOK_ACTIVE_KID"),
        ("WEBHOOK_ACTIVE_KID", "other", "WEBHOOK_ACTIVE_KID"),
        ("WEBHOOK_ALLOWED_PRIVATE_HOSTS", ["localhost"], "WEBHOOK_ALLOWED_PRIVATE_HOSTS"),
    ],
)
def test_each_unsafe_setting_is_refused_with_its_own_sentence(production, name, value, word):
    setattr(production, name, value)

    (refusal,) = checks.refusals()

    assert word in refusal[1]
    assert [error.msg for error in checks.production_settings(None)] == [refusal[1]]
    with pytest.raises(SystemExit, match=word):
        checks.refuse_unsafe_start()


@pytest.mark.parametrize("secret", [SECRET, SECRET[1:], "abcd" * 20, "abcde" * 10])
def test_what_django_calls_a_weak_key_is_refused_and_nothing_else(production, secret):
    production.SECRET_KEY = secret

    assert bool(check_secret_key(None)) is bool(checks.refusals())


def test_a_house_without_webhooks_needs_no_keys(production):
    production.WEBHOOK_KEYS, production.WEBHOOK_ACTIVE_KID = {}, ""

    assert checks.refusals() == []


def test_an_unknown_environment_is_refused(settings):
    settings.APP_ENV = "staging"

    assert "APP_ENV" in checks.refusals()[0][1]


def test_development_may_use_its_defaults(settings):
    settings.APP_ENV, settings.PRODUCTION = "development", False

    assert checks.refusals() == []
