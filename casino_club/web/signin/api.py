"""The doors of an account for machines: sign up, sign in, renew, leave, look at oneself."""

from django.conf import settings
from django.utils import translation
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.recovery import services as recovery
from accounts.sessions import services as sessions
from accounts.sessions.models import AuthSession, RevokedFor, SessionKind
from accounts.sessions.selectors import live_sessions_of
from accounts.sessions.tokens import as_session_id
from accounts.signin import cookies
from accounts.signin import services as signin
from accounts.users.services import update_profile
from casino_club.core import clock, ratelimit
from casino_club.core.api import ApiView, page_of
from casino_club.core.errors import NotFound
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.web.player import profile_payload, user_payload
from casino_club.web.signin import shapes
from casino_club.web.signin.answers import RESET_ASKED
from economy.onboarding.services import sign_up

TAG = "auth"


class PublicView(ApiView):
    """A door for strangers: whatever token they carry is not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class SignUpView(PublicView):
    @extend_schema(
        tags=[TAG],
        summary="Sign up with an invite code; answers with the tokens of a first session",
        request=shapes.SignUp,
        responses={
            201: shapes.SignedIn,
            **refusals(
                s409="site_id_taken, nickname_taken, phone_taken, age_not_confirmed, invite_invalid, invite_expired, "
                "invite_exhausted"
            ),
        },
    )
    def post(self, request: Request) -> Response:
        ratelimit.hit("signup", request.client_ip, settings.RATE_SIGNUP_PER_HOUR, 3600)
        wanted = shapes.SignUp.read(request.data)
        user = sign_up(**wanted, language=translation.get_language(), now=request.now)
        session = signin.begin_first_session(user=user, **_token_client(request), now=request.now)
        return Response(_signed_in(session, request), status=201)


class LoginView(PublicView):
    @extend_schema(
        tags=[TAG],
        summary="Sign in by sign-in name or nickname",
        request=shapes.SignIn,
        responses={
            200: shapes.SignedIn,
            **refusals(
                s401="invalid_credentials, otp_required (with enrolled), otp_invalid",
                s429="login_locked (with retry_after_minutes), rate_limited",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        given = shapes.SignIn.read(request.data)
        session = signin.sign_in(
            name=given["site_id"],
            password=given["password"],
            otp=given.get("otp"),
            **_token_client(request),
            now=request.now,
        )
        return Response(_signed_in(session, request))


class RefreshView(PublicView):
    @extend_schema(
        tags=[TAG],
        summary="Spend a refresh token for new tokens",
        description="Exactly one use succeeds. Using a spent token ends its session, so never renew twice at once.",
        request=shapes.Refresh,
        responses={200: shapes.Tokens, **refusals(s401="token_invalid")},
    )
    def post(self, request: Request) -> Response:
        ratelimit.hit("refresh", request.client_ip, settings.RATE_REFRESH_PER_MINUTE, 60)
        given = shapes.Refresh.read(request.data)
        return Response(_tokens(sessions.renew(refresh_token=given["refresh_token"], now=request.now)))


class LogoutView(ApiView):
    open_while_password_change_required = open_while_second_factor_due = True

    @extend_schema(tags=[TAG], summary="End this session", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        own = AuthSession.objects.filter(pk=request.auth.pk)
        sessions.revoke(own, reason=RevokedFor.LOGOUT, now=request.now)
        return _leave(request, Response(status=204))


class LogoutAllView(ApiView):
    open_while_password_change_required = open_while_second_factor_due = True

    @extend_schema(
        tags=[TAG], summary="End every session of the player, this one too", request=None, responses={200: shapes.Ended}
    )
    def post(self, request: Request) -> Response:
        ended = sessions.revoke_all(user_id=request.user.pk, reason=RevokedFor.LOGOUT_ALL, now=request.now)
        return _leave(request, Response({"sessions_ended": ended}))


class SessionsView(ApiView):
    @extend_schema(
        tags=[TAG],
        summary="The player's live sessions, newest first",
        parameters=[CURSOR, LIMIT],
        responses={200: shapes.SessionPage},
    )
    def get(self, request: Request) -> Response:
        def shown(session: AuthSession) -> dict:
            return session_payload(session, current=request.auth)

        return Response(page_of(live_sessions_of(request.user.pk, now=request.now), request, serialize=shown))


class SessionView(ApiView):
    @extend_schema(
        tags=[TAG],
        summary="End one of the player's sessions",
        responses={204: None, **refusals(s404="not_found")},
    )
    def delete(self, request: Request, session_id: str) -> Response:
        wanted = as_session_id(session_id)
        if wanted is None:
            raise NotFound
        sessions.revoke_one(user_id=request.user.pk, session_id=wanted, now=request.now)
        return Response(status=204)


class MeView(ApiView):
    open_while_password_change_required = True

    @extend_schema(tags=[TAG], summary="The player", responses={200: shapes.User})
    def get(self, request: Request) -> Response:
        return Response(user_payload(request.user, now=request.now))


class ProfileView(ApiView):
    @extend_schema(tags=[TAG], summary="The player with their statistics and streak", responses={200: shapes.Profile})
    def get(self, request: Request) -> Response:
        return Response(profile_payload(request.user, now=request.now))

    @extend_schema(
        tags=[TAG],
        summary="Change nickname, phone number, e-mail or language",
        request=shapes.ProfileChange,
        responses={200: shapes.Profile, **refusals(s409="nickname_taken, phone_taken")},
    )
    def patch(self, request: Request) -> Response:
        changes = shapes.ProfileChange.read(request.data)
        user = update_profile(user_id=request.user.pk, changes=changes)
        return Response(profile_payload(user, now=request.now))


class PasswordChangeView(ApiView):
    open_while_password_change_required = True

    @extend_schema(
        tags=[TAG],
        summary="Change the password; every other session of the player ends",
        request=shapes.PasswordChange,
        responses={
            200: shapes.Ended,
            **refusals(s429="login_locked (with retry_after_minutes), rate_limited"),
        },
    )
    def post(self, request: Request) -> Response:
        given = shapes.PasswordChange.read(request.data)
        ended = signin.change_password(
            session=request.auth,
            current_password=given["current_password"],
            new_password=given["new_password"],
            address=request.client_ip,
            now=request.now,
        )
        return Response({"sessions_ended": ended})


class PasswordResetView(PublicView):
    @extend_schema(
        tags=[TAG],
        summary="Ask for a link to a new password by e-mail",
        description="Answers the same whether or not an account has this e-mail. The link works once.",
        request=shapes.PasswordReset,
        responses={202: shapes.PasswordResetAsked},
    )
    def post(self, request: Request) -> Response:
        given = shapes.PasswordReset.read(request.data)
        recovery.ask(
            email=given["email"],
            language=translation.get_language(),
            address=request.client_ip,
            now=request.now,
        )
        return Response({"message": str(RESET_ASKED)}, status=202)


class PasswordResetConfirmView(PublicView):
    @extend_schema(
        tags=[TAG],
        summary="Choose a new password by the link's code; every session of the player ends",
        request=shapes.PasswordResetConfirm,
        responses={204: None, **refusals(s400="validation_error, reset_link_invalid")},
    )
    def post(self, request: Request) -> Response:
        given = shapes.PasswordResetConfirm.read(request.data)
        recovery.reset(**given, address=request.client_ip, now=request.now)
        return Response(status=204)


def session_payload(session: AuthSession, *, current: AuthSession) -> dict:
    """One line of the sessions' list."""
    return {
        "id": str(session.pk),
        "kind": session.kind,
        "address": session.address,
        "user_agent": session.user_agent,
        "created_at": clock.iso(session.created_at),
        "last_seen_at": clock.iso(session.last_seen_at),
        "expires_at": clock.iso(session.expires_at),
        "is_current": session.pk == current.pk,
    }


def _token_client(request: Request) -> dict:
    return {
        "kind": SessionKind.TOKEN,
        "address": request.client_ip,
        "user_agent": request.headers.get("User-Agent", ""),
    }


def _signed_in(session: AuthSession, request: Request) -> dict:
    tokens = sessions.first_tokens(session, now=request.now)
    return {**_tokens(tokens), "user": user_payload(session.user, now=request.now)}


def _tokens(tokens: sessions.Tokens) -> dict:
    return {"access_token": tokens.access, "refresh_token": tokens.refresh, "token_type": "bearer"}


def _leave(request: Request, response: Response) -> Response:
    if request.auth.kind == SessionKind.COOKIE:
        cookies.end(request._request)
    return response
