"""What the sign-in doors accept and answer."""

from django.core.validators import validate_email
from rest_framework import serializers

from accounts.recovery.rules import CODE_MAX
from accounts.sessions.models import SessionKind
from accounts.twofactor.rules import CODE_MAX as CODE_LENGTH
from accounts.users import rules
from accounts.users.models import Language
from casino_club.core.shapes import BooleanField, Shape, TextField

NAME_MAX = 150
INVITE_CODE_MAX = 50
REFRESH_TOKEN_MAX = 512


class SignUp(Shape):
    site_id = TextField(
        min_length=rules.SITE_ID_MIN,
        max_length=rules.SITE_ID_MAX,
        pattern=rules.SITE_ID_PATTERN,
        trim_whitespace=False,
        help_text="Unique, whatever its case.",
    )
    nickname = TextField(min_length=rules.NICKNAME_MIN, max_length=rules.NICKNAME_MAX)
    password = TextField(
        min_length=rules.PASSWORD_MIN, max_length=rules.PASSWORD_MAX, trim_whitespace=False, write_only=True
    )
    invite_code = TextField(max_length=INVITE_CODE_MAX)
    age_confirmed = BooleanField(help_text="Must be true: 19 or older.")
    phone_number = TextField(
        min_length=rules.PHONE_MIN,
        max_length=rules.PHONE_MAX,
        pattern=rules.PHONE_PATTERN,
        required=False,
        allow_null=True,
    )
    email = TextField(max_length=rules.EMAIL_MAX, required=False, allow_null=True)


class SignIn(Shape):
    site_id = TextField(max_length=NAME_MAX, help_text="The sign-in name or the nickname, in any case.")
    password = TextField(max_length=rules.PASSWORD_MAX, trim_whitespace=False, write_only=True)
    otp = TextField(
        max_length=CODE_LENGTH, required=False, write_only=True, help_text="Operators: a code of the authenticator."
    )


class Refresh(Shape):
    refresh_token = TextField(max_length=REFRESH_TOKEN_MAX)


class ProfileChange(Shape):
    """An absent field stays as it is; null empties the phone number or the e-mail."""

    nickname = TextField(min_length=rules.NICKNAME_MIN, max_length=rules.NICKNAME_MAX, required=False)
    phone_number = TextField(
        min_length=rules.PHONE_MIN,
        max_length=rules.PHONE_MAX,
        pattern=rules.PHONE_PATTERN,
        required=False,
        allow_null=True,
    )
    email = TextField(max_length=rules.EMAIL_MAX, required=False, allow_null=True)
    language = TextField(
        max_length=2, required=False, allow_blank=True, help_text="ko, en or empty (as the browser asks)."
    )


class PasswordChange(Shape):
    current_password = TextField(max_length=rules.PASSWORD_MAX, trim_whitespace=False, write_only=True)
    new_password = TextField(
        min_length=rules.PASSWORD_MIN, max_length=rules.PASSWORD_MAX, trim_whitespace=False, write_only=True
    )


class PasswordReset(Shape):
    email = TextField(max_length=rules.EMAIL_MAX, validators=[validate_email])


class PasswordResetAsked(serializers.Serializer):
    message = serializers.CharField(help_text="The same whether or not an account has this e-mail.")


class PasswordResetConfirm(Shape):
    code = TextField(max_length=CODE_MAX, help_text="The last part of the link.")
    new_password = TextField(
        min_length=rules.PASSWORD_MIN, max_length=rules.PASSWORD_MAX, trim_whitespace=False, write_only=True
    )


class User(serializers.Serializer):
    """The player as every answer shows them."""

    id = serializers.IntegerField()
    site_id = serializers.CharField()
    nickname = serializers.CharField()
    phone_number = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField()
    is_admin = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_login = serializers.DateTimeField(allow_null=True)
    must_change_password = serializers.BooleanField()
    gold_balance = serializers.IntegerField()
    regular_coin_balance = serializers.IntegerField(help_text="The same figure as gold_balance.")
    premium_gem_balance = serializers.IntegerField()
    level = serializers.IntegerField()
    experience = serializers.IntegerField(help_text="XP collected within the level.")
    max_experience = serializers.IntegerField(help_text="XP that the level takes.")
    total_experience = serializers.IntegerField()
    battlepass_level = serializers.IntegerField()
    vip_points = serializers.IntegerField()
    vip_tier = serializers.CharField()


class Tokens(serializers.Serializer):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField(default="bearer")


class SignedIn(Tokens):
    user = User()


class Session(serializers.Serializer):
    """One of the player's live sessions."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=SessionKind.choices)
    address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()


class SessionPage(serializers.Serializer):
    results = Session(many=True)
    next = serializers.CharField(allow_null=True)


class Ended(serializers.Serializer):
    sessions_ended = serializers.IntegerField()


class Stats(serializers.Serializer):
    """The player's settled rounds of all games."""

    rounds = serializers.IntegerField()
    total_bets = serializers.IntegerField()
    total_wins = serializers.IntegerField()
    total_losses = serializers.IntegerField()
    highest_multiplier = serializers.FloatField()
    total_wagered = serializers.IntegerField()
    total_won = serializers.IntegerField()
    total_profit = serializers.IntegerField()
    updated_at = serializers.DateTimeField(allow_null=True)


class Streak(serializers.Serializer):
    """Where the daily streak stands."""

    action_type = serializers.CharField()
    count = serializers.IntegerField()
    longest = serializers.IntegerField()
    claimed_today = serializers.BooleanField()
    protections = serializers.IntegerField()
    month_total = serializers.IntegerField()


class Profile(User):
    """The player, with their choice of language, their statistics and their streak."""

    language = serializers.ChoiceField(choices=Language.choices, allow_blank=True)
    stats = Stats()
    streak = Streak()
