"""Many accounts at once, all or none; what stands in the way of each is known before anything is written."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from accounts.imports.rules import Fault, Line
from accounts.users.hashers import OneTimeHasher
from accounts.users.models import Language, LoginName, User
from accounts.users.rules import clean_nickname, login_key
from accounts.users.services import NicknameTaken, PhoneTaken, SiteIdTaken, faults_of
from casino_club.core.errors import Busy

BATCH = 1000
ONE_IMPORT_AT_A_TIME = 5859


def check(lines: Sequence[Line]) -> bool:
    """Note on each line what keeps it from becoming an account; True when nothing does."""
    for line in lines:
        for column, texts in faults_of(_user(line)).items():
            line.faults += [Fault(column, "invalid", str(text)) for text in texts]
    _note_repeats(lines)
    _note_taken(lines)
    return not any(line.faults for line in lines)


def create(lines: Sequence[Line], *, now: datetime) -> list[User]:
    """Make an account of each checked line, inside the caller's transaction.

    Whoever has an e-mail gets no password and chooses one by mail; anybody else gets a one-time password, noted on the
    line and kept nowhere. Raises Busy when a name was taken since the check: the same import may be sent again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])
    users = [_with_password(_user(line), line, now) for line in lines]
    try:
        User.objects.bulk_create(users, batch_size=BATCH)
    except IntegrityError as error:
        raise Busy(retry_after=1) from error
    keys = {key: user.pk for user in users for key in _keys(user.site_id, user.nickname)}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_loginname (key, user_id)
            SELECT key, user_id FROM unnest(%s::text[], %s::bigint[]) AS a (key, user_id) ORDER BY key
            ON CONFLICT (key) DO NOTHING
            """,
            [list(keys), list(keys.values())],
        )
        if cursor.rowcount != len(keys):
            raise Busy(retry_after=1)
    for line, user in zip(lines, users, strict=True):
        line.user_id = user.pk
    return users


def _user(line: Line) -> User:
    return User(
        site_id=line.value("site_id"),
        nickname=clean_nickname(line.value("nickname")),
        phone_number=line.value("phone_number") or None,
        email=line.value("email") or None,
        language=line.value("language") or Language.BROWSER,
    )


def _with_password(user: User, line: Line, now: datetime) -> User:
    user.created_at = now
    if user.email:
        user.password = make_password(None)
    else:
        line.one_time_password = secrets.token_hex(12)
        user.password = make_password(line.one_time_password, hasher=OneTimeHasher.algorithm)
        user.must_change_password = True
    return user


def _keys(site_id: str, nickname: str) -> set[str]:
    return {login_key(site_id), login_key(clean_nickname(nickname))}


def _note_repeats(lines: Iterable[Line]) -> None:
    """Names and phone numbers that an earlier line of the same file has."""
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        marks = {
            ("name", login_key(clean_nickname(line.value("nickname")))): "nickname",
            ("name", login_key(line.value("site_id"))): "site_id",
            ("phone", line.value("phone_number")): "phone_number",
        }
        for mark, column in marks.items():
            first = seen.setdefault(mark, line.number)
            if first != line.number and mark[1]:
                text = _("Line %(line)s of this file has the same.") % {"line": first}
                line.faults.append(Fault(column, "repeated_in_file", text))


def _note_taken(lines: Sequence[Line]) -> None:
    """Names and phone numbers that somebody has already."""
    for start in range(0, len(lines), BATCH):
        part = lines[start : start + BATCH]
        keys = {key for line in part for key in _keys(line.value("site_id"), line.value("nickname"))}
        names = set(LoginName.objects.filter(key__in=keys).values_list("key", flat=True))
        numbers = {line.value("phone_number") for line in part} - {""}
        phones = set(User.objects.filter(phone_number__in=numbers).values_list("phone_number", flat=True))
        for line in part:
            if login_key(line.value("site_id")) in names:
                line.faults.append(_taken("site_id", SiteIdTaken))
            elif login_key(clean_nickname(line.value("nickname"))) in names:
                line.faults.append(_taken("nickname", NicknameTaken))
            if line.value("phone_number") in phones:
                line.faults.append(_taken("phone_number", PhoneTaken))


def _taken(column: str, refusal: type) -> Fault:
    return Fault(column, refusal.code, str(refusal.message))
