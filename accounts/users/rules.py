"""What a sign-in name, a nickname and a phone number may be, and when two names are the same."""

import re
import unicodedata

SITE_ID_MIN, SITE_ID_MAX = 3, 50
SITE_ID_PATTERN = r"[A-Za-z0-9_.-]+"
NICKNAME_MIN, NICKNAME_MAX = 2, 50
PHONE_MIN, PHONE_MAX = 10, 15
PHONE_PATTERN = r"[0-9]+"
PASSWORD_MIN, PASSWORD_MAX = 8, 128
EMAIL_MAX = 254
LOGIN_KEY_MAX = 100
DELETED_NICKNAME = "탈퇴한 회원"

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and symbols that draw nothing, and so are not caught by their category.
_BLANK_GLYPHS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MARKS_IN_A_ROW = 3


def login_key(name: str) -> str:
    """The form in which two names are compared: compatibility-normalised and case-folded, computed
    here so that nothing depends on the database's locale.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def clean_nickname(text: str) -> str:
    """The nickname as it is stored: composed (NFC), trimmed, single spaces."""
    return " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)


def nickname_is_visible(nickname: str) -> bool:
    """Whether every character shows: no control, bidirectional, zero-width, unassigned or lone surrogate
    character, no space but the plain one, no pile of combining marks.
    """
    marks = 0
    for character in nickname:
        category = unicodedata.category(character)
        if category in _HIDDEN_CATEGORIES or (category == "Zs" and character != " "):
            return False
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks >= _MARKS_IN_A_ROW:
            return False
    return not _BLANK_GLYPHS.search(nickname)


def nickname_fits(nickname: str) -> bool:
    """Whether the nickname keeps to its length, as written and as compared."""
    return NICKNAME_MIN <= len(nickname) <= NICKNAME_MAX and len(login_key(nickname)) <= LOGIN_KEY_MAX


def deleted_site_id(user_id: int) -> str:
    """What stands in for the sign-in name of a deleted account; no sign-in name may look like it."""
    return f"deleted:{user_id}"


def site_id_is_valid(site_id: str) -> bool:
    return SITE_ID_MIN <= len(site_id) <= SITE_ID_MAX and re.fullmatch(SITE_ID_PATTERN, site_id) is not None


def phone_is_valid(phone: str) -> bool:
    return PHONE_MIN <= len(phone) <= PHONE_MAX and re.fullmatch(PHONE_PATTERN, phone) is not None
