"""Accounts from a file on the operators' site: look, confirm, a report that is told once."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.users.models import User
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/admin/accounts/user/import/"


@pytest.fixture
def desk():
    return factories.browser(factories.operator(role="security"))


def look(desk, text):
    return desk.post(PATH, {"file": SimpleUploadedFile("users.csv", text.encode())})


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def confirm(desk, page, **changes):
    given = {"data": hidden(page, "data"), "key": hidden(page, "key"), "reason": "spring league"} | changes
    return desk.post(PATH, given)


def test_from_the_list_by_a_look_to_the_report(desk):
    assert PATH in desk.get("/admin/accounts/user/").content.decode()
    page = look(desk, "site_id,nickname,email\nmoon,<b>달</b>,moon@example.com\n-sun,=2+5,\n")
    assert "&lt;b&gt;달&lt;/b&gt;" in page.content.decode()
    assert not User.objects.filter(site_id="moon").exists()

    report = confirm(desk, page)

    assert report["Content-Type"].startswith("text/csv")
    assert "no-store" in report["Cache-Control"]
    rows = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows[1:]] == [["2", "moon"], ["3", "'-sun"]]
    assert [bool(row[3]) for row in rows[1:]] == [False, True]
    password = rows[2][3]
    assert desk.post("/login", {"site_id": "-sun", "password": password}).status_code == 302
    assert User.objects.get(site_id="-sun").nickname == "=2+5"


def test_a_second_click_makes_nothing_and_tells_no_password(desk):
    page = look(desk, "site_id,nickname\nsun,Sun\n")
    confirm(desk, page)

    again = confirm(desk, page)

    (row,) = list(csv.reader(io.StringIO(again.content.decode("utf-8-sig"))))[1:]
    assert (row[1], row[3]) == ("", "")
    assert User.objects.filter(site_id="sun").count() == 1


def test_faulty_lines_are_shown_and_there_is_nothing_to_confirm(desk):
    page = look(desk, "site_id,nickname\nsun,Sun\nx,Y\n").content.decode()

    assert "import__verdict--bad" in page
    assert 'name="data"' not in page


def test_a_name_that_was_taken_meanwhile_is_told(desk):
    page = look(desk, "site_id,nickname\nsun,Sun\n")
    factories.player(site_id="SUN")

    answer = confirm(desk, page)

    assert "import__verdict--bad" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "nonsense", "site_id,nickname\n", 'site_id,nickname\na,"b'])
def test_a_file_that_cannot_be_read_says_why(desk, text):
    answer = look(desk, text)

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_a_reason_is_asked_for_and_a_forged_file_refused(desk):
    page = look(desk, "site_id,nickname\nsun,Sun\n")

    without_reason = confirm(desk, page, reason="")
    forged = confirm(desk, page, data=hidden(page, "data") + "x")

    assert "errorlist" in without_reason.content.decode()
    assert forged["Location"] == PATH
    assert not User.objects.filter(site_id="sun").exists()


@pytest.mark.parametrize("role", [None, "support", "economy"])
def test_other_operators_neither_see_nor_reach_it(role):
    desk = factories.browser(factories.operator(role=role or "viewer"))

    assert PATH not in desk.get("/admin/accounts/user/").content.decode()
    assert desk.get(PATH).status_code == 403
    assert look(desk, "site_id,nickname\nsun,Sun\n").status_code == 403


def test_players_are_told_that_the_door_is_not_theirs():
    assert factories.browser(factories.player()).get(PATH).status_code in (302, 403)
