"""`manage.py webhook_keys`: where a rotation of the webhooks' keys stands; `--new` makes the next key."""

import json
import secrets

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casino_club.core import clock, signing
from economy.webhooks.selectors import house_keys, use_of_keys

NEXT_STEP = """
1. List it beside the others, here and in every program that verifies our header or signs for us:
   WEBHOOK_KEYS={keys}
2. When all of them know it, make it active, here and there:
   WEBHOOK_ACTIVE_KID={kid}
3. When this command shows that nobody uses the old key any more, take it out of WEBHOOK_KEYS."""


class Command(BaseCommand):
    help = "Shows the keys of webhooks and when each was last used; --new makes one (docs/webhooks.md)."

    def add_arguments(self, parser):
        parser.add_argument("--new", action="store_true", help="make a key and say what to do with it")

    def handle(self, *args, **options):
        try:
            keys = house_keys()
        except signing.MalformedKeys as fault:
            raise CommandError(f"WEBHOOK_KEYS and WEBHOOK_ACTIVE_KID do not fit: {fault}") from fault
        if options["new"]:
            self._make(keys)
        else:
            self._show(keys)

    def _make(self, keys: signing.Keys) -> None:
        kid, secret = f"{clock.now():%Y%m%d}-{secrets.token_hex(2)}", secrets.token_urlsafe(48)
        # The other secrets are not repeated: whoever lists the new one has them.
        shown = json.dumps(dict.fromkeys(keys.secrets, "…") | {kid: secret}, ensure_ascii=False)
        self.stdout.write(f"A new key: {kid}" + NEXT_STEP.format(keys=shown, kid=kid))

    def _show(self, keys: signing.Keys) -> None:
        if not keys.secrets:
            self.stdout.write(
                "There are no keys: nothing is accepted, and only the Standard Webhooks headers are sent."
            )
            return
        uses = {use.kid: use for use in use_of_keys()}
        for kid in keys.secrets:
            use = uses.get(kid)
            role = "signs and is accepted" if kid == keys.active else "is accepted"
            kind = ", the development key" if settings.WEBHOOK_KEYS[kid] == settings.DEVELOPMENT_SECRET else ""
            sent, received = (_moment(use.sent_at), _moment(use.received_at)) if use else ("never", "never")
            self.stdout.write(f"{kid}: {role}{kind}; last sent with: {sent}; last received with: {received}")
        for kid in sorted(uses.keys() - keys.secrets.keys()):
            self.stdout.write(
                f"{kid}: not listed (taken out, or a source's own); last received with: {_moment(uses[kid].received_at)}"
            )


def _moment(moment) -> str:
    return clock.iso(moment) if moment else "never"
