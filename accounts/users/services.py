"""Creating users and changing what they are called; a taken name is told by the list of sign-in keys."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypedDict

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.users import rules
from accounts.users.models import Language, LoginName, User
from casino_club.core import metrics
from casino_club.core.errors import DomainError, InvalidInput, NotFound

_acts = metrics.counter("account_acts_total", "Accounts created, changed by their players, anonymised.", ["act"])


class SiteIdTaken(DomainError):
    code = "site_id_taken"
    message = gettext_lazy("That ID is already taken. Please choose another.")


class NicknameTaken(DomainError):
    code = "nickname_taken"
    message = gettext_lazy("That nickname is already taken. Please choose another.")


class PhoneTaken(DomainError):
    code = "phone_taken"
    message = gettext_lazy("That phone number already belongs to an account.")


class AgeNotConfirmed(DomainError):
    """Raised by the sign-up when the applicant does not confirm to be 19 or older."""

    code = "age_not_confirmed"
    message = gettext_lazy("Only people aged 19 or older can join.")


class ProfileChanges(TypedDict, total=False):
    """What a player may change about themselves; an absent name stays as it is, None or "" empties it."""

    nickname: str
    phone_number: str | None
    email: str | None
    language: str


def create_user(
    *,
    site_id: str,
    nickname: str,
    password: str,
    phone_number: str | None = None,
    email: str | None = None,
    language: str | None = None,
    age_confirmed_at: datetime | None = None,
    is_staff: bool = False,
    is_superuser: bool = False,
    must_change_password: bool = False,
    validate_strength: bool = True,
    now: datetime,
) -> User:
    """Create a user whose sign-in name and nickname nobody else has, whatever their case.

    Seeds alone pass `validate_strength=False`. Raises InvalidInput, SiteIdTaken, NicknameTaken, PhoneTaken.
    """
    user = User(
        site_id=site_id,
        nickname=rules.clean_nickname(nickname),
        phone_number=phone_number or None,
        email=email or None,
        language=language or Language.BROWSER,
        age_confirmed_at=age_confirmed_at,
        is_staff=is_staff,
        is_superuser=is_superuser,
        must_change_password=must_change_password,
        created_at=now,
    )
    faults = faults_of(user)
    if validate_strength:
        faults |= _password_faults(password, user)
    if faults:
        raise InvalidInput(faults)
    user.password = make_password(password)
    with transaction.atomic(), _named_constraints():
        user.save(force_insert=True)
        names = {rules.login_key(site_id): SiteIdTaken}
        names.setdefault(rules.login_key(user.nickname), NicknameTaken)
        _claim_names(user, names)
        metrics.committed(_acts.labels("created"))
    return user


def update_profile(*, user_id: int, changes: ProfileChanges) -> User:
    """Apply what a player changes about themselves. Raises InvalidInput, NicknameTaken, PhoneTaken, NotFound."""
    with transaction.atomic(), _named_constraints():
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id, deleted_at__isnull=True).first()
        if user is None:
            raise NotFound
        old_key = rules.login_key(user.nickname)
        if "nickname" in changes:
            user.nickname = rules.clean_nickname(changes["nickname"])
        if "phone_number" in changes:
            user.phone_number = changes["phone_number"] or None
        if "email" in changes:
            user.email = changes["email"] or None
        if "language" in changes:
            user.language = changes["language"] or Language.BROWSER
        faults = faults_of(user)
        if faults:
            raise InvalidInput(faults)
        user.save(update_fields=["nickname", "phone_number", "email", "language"])
        _move_nickname(user, old_key)
        metrics.committed(_acts.labels("changed"))
    return user


def anonymise(*, user_id: int, now: datetime) -> bool:
    """Take everything personal out of the account and close it for good; its row stays for the books.

    Its names become free for others. False when it had been done before.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id, deleted_at__isnull=True).first()
        if user is None:
            return False
        user.site_id = rules.deleted_site_id(user_id)
        user.nickname = rules.DELETED_NICKNAME
        user.phone_number = user.email = user.last_login = user.age_confirmed_at = None
        user.language = Language.BROWSER
        user.password = make_password(None)
        user.is_active = user.must_change_password = False
        user.deleted_at = now
        user.save()
        LoginName.objects.filter(user=user).delete()
        metrics.committed(_acts.labels("anonymised"))
    return True


def check_password_strength(password: str, user: User, *, field: str = "password") -> None:
    """Raises InvalidInput unless the password passes Django's validators and fits its length."""
    faults = _password_faults(password, user, field)
    if faults:
        raise InvalidInput(faults)


def _move_nickname(user: User, old_key: str) -> None:
    """Take the new key before letting go of the old one: players who swap names refuse each other, never deadlock."""
    new_key = rules.login_key(user.nickname)
    own_site_id = rules.login_key(user.site_id)
    if new_key == old_key:
        return
    if new_key != own_site_id:
        _claim_names(user, {new_key: NicknameTaken})
    if old_key != own_site_id:
        LoginName.objects.filter(key=old_key, user=user).delete()


def _claim_names(user: User, refusals: Mapping[str, type[DomainError]]) -> None:
    """Take these keys for the user or raise the refusal of the one that is taken.

    Keys are inserted in one order by everybody, so that simultaneous sign-ups wait for each other and never deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_loginname (key, user_id)
            SELECT key, %s FROM unnest(%s::text[]) AS key ORDER BY key
            ON CONFLICT (key) DO NOTHING RETURNING key
            """,
            [user.pk, list(refusals)],
        )
        taken_for_us = {key for (key,) in cursor.fetchall()}
    for key, refusal in refusals.items():
        if key not in taken_for_us:
            raise refusal


_BY_CONSTRAINT = {
    "accounts_user_site_id_unique": SiteIdTaken,
    "accounts_user_phone_number_unique": PhoneTaken,
}


@contextmanager
def _named_constraints() -> Iterator[None]:
    """A unique constraint that fires becomes the refusal it stands for."""
    try:
        yield
    except IntegrityError as error:
        refusal = _BY_CONSTRAINT.get(error.__cause__.diag.constraint_name)
        if refusal is None:
            raise
        raise refusal from error


def faults_of(user: User) -> dict[str, list[str]]:
    """What of the user is not in its right form, by column; empty when all is."""
    faults = {}
    if not rules.site_id_is_valid(user.site_id):
        faults["site_id"] = [_("Use 3 to 50 letters, digits, dots, hyphens or underscores.")]
    if not rules.nickname_fits(user.nickname):
        faults["nickname"] = [_("Use 2 to 50 characters.")]
    elif not rules.nickname_is_visible(user.nickname):
        faults["nickname"] = [_("This contains characters that can't be used.")]
    if user.phone_number is not None and not rules.phone_is_valid(user.phone_number):
        faults["phone_number"] = [_("Use 10 to 15 digits.")]
    if user.email is not None:
        try:
            validate_email(user.email)
            MaxLengthValidator(rules.EMAIL_MAX)(user.email)
        except ValidationError:
            faults["email"] = [_("This is not an e-mail address.")]
    if user.language not in Language.values:
        faults["language"] = [_("We speak Korean (ko) and English (en).")]
    return faults


def _password_faults(password: str, user: User, field: str = "password") -> dict[str, list[str]]:
    if len(password) > rules.PASSWORD_MAX:
        return {field: [_("Use at most %(most)s characters.") % {"most": rules.PASSWORD_MAX}]}
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {field: error.messages}
    return {}
