"""Fraud on the operators' site: decisions in words, the rules in force with their hits, the back-test, and who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casino_club.core import clock, redis
from economy.fraud import device, rulebook
from economy.fraud.models import FraudAudit, FraudRules
from economy.fraud.rules import Attempt
from economy.fraud.services import assess
from tests import factories

pytestmark = pytest.mark.django_db
STRICTER = rulebook.SHIPPED.read_text().replace("value: 20", "value: 2")
LIST, RULES = "admin:economy_fraudaudit_changelist", "admin:economy_fraudrules_changelist"
BACKTEST = reverse("admin:economy_fraud_backtest")


@pytest.fixture(autouse=True)
def fresh_rulebook(monkeypatch):
    monkeypatch.setattr(rulebook, "book", rulebook.Rulebook())


@pytest.fixture
def security():
    return factories.browser(factories.operator(role="security"), headers={"accept-language": "en"})


def tried(times=1, user=None, **given):
    user = user or factories.player()
    known = {"user_id": user.pk, "action": "shop.buy", "amount": 9_900, "card_hash": "a" * 64}
    known |= {"address": "203.0.113.9", "fingerprint": "device-0001", "reference": "order-1"}
    for _ in range(times):
        decision = assess(attempt=Attempt(**(known | given)), now=clock.now())
    return FraudAudit.objects.get(pk=decision.audit_id)


def page(client, audit):
    return client.get(reverse("admin:economy_fraudaudit_change", args=[audit.pk])).content.decode()


# --- Decisions -----------------------------------------------------------------------------------------------------
def test_a_decision_is_explained_in_words_with_what_was_found(security):
    shown = page(security, tried(20))

    assert "20 or more attempts by one player or from one device within 5 minutes" in shown
    assert "attempts by the player, 5 min ≥ 20 (20) or attempts from the device, 5 min ≥ 20 (20)" in shown
    assert "Sum of scores 60." in shown
    assert "Judged again by the same rules: the same decision." in shown
    assert "203.0.113.9" not in shown
    assert "device-0001" not in shown


def test_in_korean_it_is_korean():
    client = factories.browser(factories.operator(role="security"))

    shown = page(client, tried(20))

    assert "5분 안에 한 플레이어나 한 기기에서 20번 이상 결제를 시도했어요" in shown
    assert "플레이어의 시도, 5분 ≥ 20 (20) 또는 기기의 시도, 5분 ≥ 20 (20)" in shown


def test_a_decision_without_redis_says_so_and_shadow_rules_are_told_apart(security, monkeypatch):
    monkeypatch.setattr(redis, "client", lambda: (_ for _ in ()).throw(redis.RedisError()))

    shown = page(security, tried(fingerprint=None))

    assert "Redis did not answer: nothing could be counted." in shown
    assert "Would have matched as well, were they live:" in shown
    assert "An account less than a day old, without a device cookie" in shown


def test_decisions_cannot_be_changed_or_removed(security):
    audit = tried()

    for name in ("change", "delete"):
        assert (
            security.post(reverse(f"admin:economy_fraudaudit_{name}", args=[audit.pk]), {"post": "yes"}).status_code
            == 403
        )
    assert security.get(reverse("admin:economy_fraudaudit_add")).status_code == 403


def test_decisions_are_found_by_player_by_tier_and_by_origin(security):
    one, other = tried(20), tried(address="198.51.100.7", fingerprint="device-0002")

    def found(**query):
        return set(security.get(reverse(LIST), query).context["cl"].queryset.values_list("user_id", flat=True))

    assert found(q=one.user.site_id) == {one.user_id}
    assert found(tier__exact="soft_block") == {one.user_id}
    assert found(ip_hash=other.ip_hash) == {other.user_id}
    assert found(fingerprint_hash=one.fingerprint_hash) == {one.user_id}


def test_a_longer_list_takes_no_more_statements(security):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert security.get(reverse(LIST)).status_code == 200
        return len(captured)

    tried()
    statements()
    few = statements()
    for _ in range(5):
        tried()

    assert statements() == few <= 12


# --- Rules ---------------------------------------------------------------------------------------------------------
def test_the_rules_in_force_are_listed_with_their_hits(security):
    tried(21)

    shown = security.get(reverse(RULES))

    rules = {rule["id"]: rule for rule in shown.context["current"]}
    assert (rules["many_attempts"]["day"], rules["many_attempts"]["week"], rules["card_testing"]["week"]) == (2, 2, 0)
    assert "different cards, 5 min ≥ 3" in shown.content.decode()
    assert shown.context["state"].fault == ""


def test_a_malformed_file_is_said_on_the_page_with_its_line_in_the_readers_language(security, tmp_path, settings):
    tried()
    file = tmp_path / "rules.yaml"
    file.write_text("tiers:\n  review: 30\n  soft_block: none\n")
    settings.FRAUD_RULES_PATH = str(file)

    english = security.get(reverse(RULES)).content.decode()
    korean = security.get(reverse(RULES), headers={"Accept-Language": "ko"}).content.decode()

    assert "The file is not used: rules.yaml, line 1: " in english
    assert "rules.yaml, 1번째 줄: 파일에 rules 항목이 빠졌어요" in korean


def test_every_content_that_was_in_force_can_be_read(security):
    kept = FraudRules.objects.get(pk=tried().rules_version)

    shown = security.get(reverse("admin:economy_fraudrules_change", args=[kept.pk]))

    assert "many_attempts" in shown.content.decode()


# --- Back-test -----------------------------------------------------------------------------------------------------
def test_a_pasted_candidate_shows_the_decisions_that_would_flip(security):
    tried(3)

    shown = security.post(BACKTEST, {"content": STRICTER, "days": 1})

    assert "2 of 3 decisions would flip." in shown.content.decode()
    assert shown.context["hits"] == [("many_attempts", 0, 2)]
    assert len(shown.context["flips"]) == 2


def test_an_uploaded_candidate_does_so_too(security):
    tried(3)
    file = SimpleUploadedFile("candidate.yaml", STRICTER.encode())

    shown = security.post(BACKTEST, {"file": file, "days": 1})

    assert "2 of 3 decisions would flip." in shown.content.decode()


def test_the_page_begins_with_the_rules_in_force(security):
    assert security.get(BACKTEST).context["form"].initial["content"] == rulebook.SHIPPED.read_text()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"content": STRICTER.replace("mode: live", "mode: alive", 1), "days": 1}, "content"),
        ({"content": "", "days": 1}, "content"),
        ({"content": "\x00", "days": 1}, "content"),
        ({"content": STRICTER, "days": 0}, "days"),
        ({"content": STRICTER, "days": "x"}, "days"),
        ({"content": STRICTER, "days": 91}, "days"),
        ({"file": SimpleUploadedFile("a.yaml", b"\xff\xfe"), "days": 1}, "file"),
        ({}, "days"),
    ],
)
def test_a_candidate_that_cannot_be_used_is_refused_beside_its_field(security, given, field):
    shown = security.post(BACKTEST, given)

    assert shown.status_code == 200
    assert field in shown.context["form"].errors
    assert shown.context["found"] is None


def test_the_line_at_fault_is_named(security):
    shown = security.post(BACKTEST, {"content": "tiers: 1\nrules: []\n", "days": 1})

    assert "line 1" in str(shown.context["form"].errors)


@pytest.mark.parametrize(
    ("who", "sees", "tests"),
    [
        ("nobody", 302, 302),
        ("player", 302, 302),
        ("viewer", 200, 403),
        ("support", 200, 403),
        ("economy", 200, 403),
        ("security", 200, 200),
        ("superuser", 200, 200),
    ],
)
def test_who_sees_decisions_and_who_may_back_test(who, sees, tests, client):
    audit = tried()
    if who == "player":
        client = factories.browser(audit.user)
    elif who == "superuser":
        client = factories.browser(factories.operator(superuser=True))
    elif who != "nobody":
        client = factories.browser(factories.operator(role=who))

    seen = [reverse(LIST), reverse(RULES), reverse("admin:economy_fraudaudit_change", args=[audit.pk])]
    assert {client.get(address).status_code for address in seen} == {sees}
    assert client.get(BACKTEST).status_code == tests
    assert client.post(BACKTEST, {"content": STRICTER, "days": 1}).status_code == tests


# --- The device cookie ---------------------------------------------------------------------------------------------
@device.gives_device
def shop(request):
    return HttpResponse("goods")


def visit(user, cookie=None):
    request = RequestFactory().get("/shop")
    request.user = user
    if cookie is not None:
        request.COOKIES[device.COOKIE] = cookie
    return shop(request).cookies.get(device.COOKIE)


def test_a_browser_leaves_the_shop_with_a_device_cookie_of_its_own():
    player = factories.player()
    given, another = visit(player), visit(player)

    assert given.value != another.value
    assert (given["httponly"], given["samesite"], given["path"]) == (True, "Lax", "/")
    assert given["max-age"] == 400 * 86_400
    assert visit(player, given.value) is None
    assert visit(player, "short").value != "short"


def test_somebody_who_cannot_buy_gets_none(client):
    anonymous = client.get("/login").wsgi_request.user

    assert visit(anonymous) is None


@pytest.mark.parametrize(
    ("header", "cookie", "fingerprint"),
    [
        (None, None, None),
        ("phone-0001", None, "phone-0001"),
        (None, "browser-0001", "browser-0001"),
        ("phone-0001", "browser-0001", "phone-0001"),
        ("short", None, None),
        ("with blanks in it", None, None),
        ("x" * 129, None, None),
    ],
)
def test_a_device_is_known_by_header_or_cookie(header, cookie, fingerprint):
    request = RequestFactory().post("/api/shop/buy", headers={"X-Device-Id": header} if header else {})
    if cookie:
        request.COOKIES[device.COOKIE] = cookie

    assert device.fingerprint_of(request) == fingerprint
