"""Where one signs up, signs in, leaves, and looks after one's account."""

from django.urls import path

from casino_club.web.signin import api, pages, recovery_pages

urlpatterns = [
    path("api/auth/signup", api.SignUpView.as_view()),
    path("api/auth/login", api.LoginView.as_view()),
    path("api/auth/refresh", api.RefreshView.as_view()),
    path("api/auth/logout", api.LogoutView.as_view()),
    path("api/auth/logout-all", api.LogoutAllView.as_view()),
    path("api/auth/sessions", api.SessionsView.as_view()),
    path("api/auth/sessions/<str:session_id>", api.SessionView.as_view()),
    path("api/auth/me", api.MeView.as_view()),
    path("api/auth/profile", api.ProfileView.as_view()),
    path("api/auth/password/change", api.PasswordChangeView.as_view()),
    path("api/auth/password/reset", api.PasswordResetView.as_view()),
    path("api/auth/password/reset/confirm", api.PasswordResetConfirmView.as_view()),
    path("signup", pages.sign_up, name="signup"),
    path("login", pages.sign_in, name="login"),
    path("logout", pages.sign_out, name="logout"),
    path("profile", pages.profile, name="profile"),
    path("profile/sessions/end", pages.end_session, name="session_end"),
    path("profile/sessions/end-others", pages.end_other_sessions, name="sessions_end_others"),
    path("password/change", pages.change_password, name="password_change"),
    path("password/reset", recovery_pages.ask, name="password_reset"),
    path("password/reset/<str:code>", recovery_pages.choose, name="password_reset_confirm"),
]
