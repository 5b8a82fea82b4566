"""Every text that static/js/*.js may show; js/texts.js reads them from one data block in base.html."""

from django.utils.translation import gettext_lazy as _

SCRIPT_TEXTS = {
    "close": _("Close"),
    "offline": _("You are offline. What you see may be out of date."),
    "online": _("You are back online."),
    "network_retry": _("The connection failed. Trying again…"),
    "network_failed": _("We can't reach the server. Check your connection and try again."),
    "timeout": _("The server took too long. Your balance shows whether it went through."),
    "server_error": _("Something broke on our side. Nothing was lost; please try again in a moment."),
    "conflict": _("That isn't possible right now. Reload the page to see where things stand."),
    "refused": _("That didn't work. Check what you entered and try again."),
    "rate_limited": _("A little too fast. Please try again in a moment."),
    "not_allowed": _("You aren't allowed to do that."),
    "sign_in": _("Sign in"),
    "signed_out": _("You were signed out. Please sign in again."),
    "locked_for": _("You can try again in %(time)s."),
    "unlocked": _("You can try again now."),
    "show_password": _("Show password"),
}
