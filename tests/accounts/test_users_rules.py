"""Names: which may be had, and when two are the same."""

import pytest

from accounts.sessions.rules import device_of
from accounts.users import rules


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Moon", "mOON"),
        ("Straße", "STRASSE"),
        ("ＭＯＯＮ", "moon"),
        ("유저01", "유저01"),
        ("ΣΟΦΟΣ", "σοφος"),
        ("ﬁsh", "FISH"),
    ],
)
def test_names_that_read_the_same_have_one_key(one, other):
    assert rules.login_key(one) == rules.login_key(other)


def test_decomposed_hangul_has_the_key_of_the_composed():
    assert rules.login_key("\u1112\u1161\u11ab") == rules.login_key("한")


@pytest.mark.parametrize("nickname", ["달빛", "Ann Lee", "é", "Zoë 7", "松の木", "★별★", "🌙 moon"])
def test_visible_nicknames_are_accepted(nickname):
    assert rules.nickname_is_visible(nickname)


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\x07",
        "\n",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        "\ud800",
        "\ue000",
        "\u3164",
        "\u115f",
        "\uffa0",
        "\u2800",
        "\ufe0f",
        "\U000e0101",
        "\u00a0",
        "\u3000",
        "\u2028",
        "\u0300\u0301\u0302",
    ],
)
def test_characters_that_do_not_show_are_refused(hidden):
    assert not rules.nickname_is_visible(f"moon{hidden}light")


def test_a_nickname_is_stored_trimmed_composed_and_with_single_spaces():
    assert rules.clean_nickname("  \u1112\u1161\u11ab   moon ") == "한 moon"


@pytest.mark.parametrize(("nickname", "fits"), [("a", False), ("ab", True), ("a" * 50, True), ("a" * 51, False)])
def test_a_nickname_has_2_to_50_characters(nickname, fits):
    assert rules.nickname_fits(nickname) is fits


def test_a_nickname_that_unfolds_into_a_giant_is_refused():
    assert not rules.nickname_fits("\ufdfa" * 50)


@pytest.mark.parametrize("site_id", ["abc", "A.b-c_9", "x" * 50])
def test_sign_in_names_of_plain_letters_are_accepted(site_id):
    assert rules.site_id_is_valid(site_id)


@pytest.mark.parametrize("site_id", ["ab", "x" * 51, "유저001", "a b c", "abc\n", "abc\x00", "a/b", "１２３"])
def test_other_sign_in_names_are_refused(site_id):
    assert not rules.site_id_is_valid(site_id)


@pytest.mark.parametrize(
    ("phone", "valid"), [("01012345678", True), ("1" * 9, False), ("1" * 16, False), ("０１０１２３４５６７８", False)]
)
def test_a_phone_number_is_10_to_15_ascii_digits(phone, valid):
    assert rules.phone_is_valid(phone) is valid


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 14) SamsungBrowser/26.0 Chrome/122.0 Safari/537.36",
            "Samsung Internet · Android",
        ),
        ("curl/8.5", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system(user_agent, device):
    assert device_of(user_agent) == device
