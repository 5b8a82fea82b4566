"""A sender that is killed: forks a child that delivers, kills it with -9 in the middle, again and again; then lets one
finish. Time runs faster between runs, so that pauses of hours pass in a second.

`python webhook_sender.py <kills>` on the database of `DATABASE_URL`; says of each child whether it was killed.
"""

import os
import random
import signal
import sys
import time
from datetime import timedelta

import django

django.setup()

from casino_club.core import clock  # noqa: E402 - Django first
from economy.webhooks.delivery import deliver_due  # noqa: E402
from economy.webhooks.models import WebhookEvent  # noqa: E402

FASTER = 10_000
STARTED, BEGAN = clock.now(), time.monotonic()


def deliver_until_done() -> None:
    while WebhookEvent.objects.filter(next_retry_at__isnull=False).exists():
        deliver_due(now=STARTED + FASTER * timedelta(seconds=time.monotonic() - BEGAN))
        time.sleep(0.005)


def forked() -> int:
    pid = os.fork()
    if pid == 0:
        deliver_until_done()
        os._exit(0)
    return pid


for _ in range(int(sys.argv[1])):
    child = forked()
    time.sleep(random.uniform(0.05, 0.15))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "done\n")
_, status = os.waitpid(forked(), 0)
sys.exit(os.waitstatus_to_exitcode(status))
