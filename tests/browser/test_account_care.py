"""The inbox, a forgotten password, leaving, and the operators' pages of many users, in a browser."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.inbox import rules as inbox
from accounts.inbox import services
from accounts.inbox.rules import Kind
from accounts.recovery.tasks import send_password_resets
from accounts.users.models import User
from casino_club.core import clock
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])


def tell(player, message: str) -> None:
    services.notify(player_id=player.pk, kind=inbox.OPERATOR_MESSAGE.name, params={"message": message}, now=clock.now())


@everywhere
@both_languages
def test_the_inbox_from_empty_to_read(page, signed_in, picture, assert_accessible, monkeypatch):
    monkeypatch.setitem(
        inbox.KINDS,
        "test.shield",
        Kind("test.shield", "Protection", "On %(missed_date)s.", ("missed_date",), "profile", "shield"),
    )
    player = signed_in()
    page.goto("/inbox")
    picture("inbox-empty")
    assert_accessible()

    tell(
        player,
        "오늘 밤 11시부터 30분 동안 점검해요.\n그동안에는 게임을 할 수 없어요. 진행 중인 판은 점검 뒤에 이어져요.",
    )
    services.notify(player_id=player.pk, kind="test.shield", params={"missed_date": "2026-11-22"}, now=clock.now())
    for number in range(3):
        tell(player, f"안내 {number}")
    services.read(
        player_id=player.pk,
        notification_id=services.Notification.objects.filter(player=player).order_by("-pk").first().pk,
        now=clock.now(),
    )
    page.goto("/inbox")
    expect(page.locator(".bell__count")).to_have_text("4")
    picture("inbox", full=True)
    assert_accessible()

    page.locator(".inbox__item button[name=follow]").click()
    expect(page).to_have_url(re.compile("/profile$"))
    expect(page.locator(".bell__count")).to_have_text("3")
    page.locator("#bell").click()
    page.locator(".page-head form button").click()
    expect(page.locator(".bell__count")).to_have_count(0)


def test_the_bell_follows_the_balances_and_keeps_the_focus(page, signed_in):
    player = signed_in()
    page.goto("/")
    page.locator("#bell").focus()
    tell(player, "새 소식")

    page.evaluate("document.body.dispatchEvent(new Event('balances'))")

    expect(page.locator(".bell__count")).to_have_text("1")
    expect(page.locator("#bell")).to_be_focused()


@everywhere
@both_languages
@pytest.mark.parametrize("javascript", [True, False])
def test_a_forgotten_password(page, faults, picture, assert_accessible, live_server, settings, javascript):
    settings.SITE_URL = live_server.url
    factories.player(site_id="moon", email="moon@example.com")
    page.goto("/login")
    page.locator("a[href='/password/reset']").click()
    if javascript:
        picture("password-reset")
        assert_accessible()
    page.locator("[name=email]").fill("moon@example.com")
    page.locator("main form button").click()
    expect(page.locator("main [role=status]")).to_be_visible()
    if javascript:
        picture("password-reset-asked")
        assert_accessible()

    send_password_resets()
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    page.goto(link)
    if javascript:
        picture("password-new")
        assert_accessible()
    page.locator("[name=new_password]").fill("crane-over-the-hill")
    page.locator("main form button:not([type=button])").click()
    expect(page).to_have_url(re.compile("/login$"))

    faults.expect("400")
    page.goto(link)
    if javascript:
        picture("password-over")
        assert_accessible()


@everywhere
@both_languages
@pytest.mark.parametrize("javascript", [True, False])
def test_leaving_for_good(page, signed_in, picture, assert_accessible, javascript):
    player = signed_in()
    page.goto("/profile/delete")
    if javascript:
        picture("delete", full=True)
        assert_accessible()
    page.locator("[name=password]").fill("wrong")
    page.locator("[name=understood]").check()
    page.locator("main form button:not([type=button])").click()
    expect(page.locator("[name=password]")).to_have_attribute("aria-invalid", "true")
    if javascript:
        picture("delete-refused", full=True)
        assert_accessible()
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("[name=understood]").check()
    page.locator("main form button:not([type=button])").click()
    expect(page.locator("#toasts .toast--success")).to_be_visible()
    assert User.objects.get(pk=player.pk).deleted_at is not None


def test_ones_data_is_downloaded(page, signed_in, faults):
    faults.expect("profile/export net::ERR_ABORTED")  # a download leaves the page where it is
    signed_in()
    page.goto("/profile/delete")

    with page.expect_download() as download:
        page.locator("a[href='/profile/export']").click()

    assert download.value.suggested_filename == "casino-club.json"


@pytest.mark.parametrize("width", [768, 1280])
def test_operators_import_users_and_write_to_them(page, signed_in, faults, picture, tmp_path, assert_accessible):
    # By axe alone, which unfolds the @import of Django's forms.css.
    faults.expect("Applying inline style|widgets.css|status of 404|preload assets")
    faults.expect("import/ net::ERR_ABORTED")
    signed_in(factories.operator(role="security"))
    page.goto("/admin/accounts/user/import/")
    picture("admin-import")
    file = tmp_path / "users.csv"
    file.write_text("site_id,nickname,email\nx,나쁜 줄,\nmoon,달님,moon@example.com\nMOON,해님,\n")
    page.locator("[name=file]").set_input_files(file)
    page.locator("input.default").click()
    expect(page.locator(".import__verdict--bad")).to_be_visible()
    picture("admin-import-faulty")
    assert_accessible()
    file.write_text("site_id,nickname,email\nmoon,달님,moon@example.com\nsun,해님,\n")
    page.locator("[name=file]").set_input_files(file)
    page.locator("input.default").click()
    expect(page.locator("[name=reason]")).to_be_visible()
    picture("admin-import-confirm")
    assert_accessible()
    page.locator("[name=reason]").fill("spring league")
    with page.expect_download() as download:
        page.locator("input.default").click()
    assert download.value.suggested_filename == "import-report.csv"

    page.goto("/admin/accounts/user/?q=moon")
    page.locator("[name=_selected_action]").check()
    page.locator("select[name=action]").select_option("send_message")
    page.locator("button[name=index]").click()
    expect(page.locator("[name=message]")).to_be_visible()
    picture("admin-message")
    assert_accessible()
    page.locator("[name=message]").fill("어서 오세요.")
    page.locator("[name=reason]").fill("welcome")
    page.locator("[name=send]").click()
    expect(page.locator(".messagelist .success").last).to_be_visible()
