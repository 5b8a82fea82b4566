"""The payment sandbox as a program beside the product: its address, and what it and its merchant know of each other."""

import sys
from dataclasses import dataclass
from pathlib import Path

from casino_club.local.home import Home
from casino_club.local.ports import LOOPBACK
from casino_club.local.programs import Program

KID = "sandbox"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One sandbox with its books in `var/`. Secrets are the home's own, the same at every start."""

    home: Home
    var: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api_secret(self) -> str:
        return self.home.secret_for("sandbox-pay.api")

    @property
    def webhook_key(self) -> str:
        return self.home.secret_for("sandbox-pay.webhooks")

    def merchants_environment(self) -> dict[str, str]:
        """What the product is told."""
        return {
            "SANDBOX_PAY_URL": self.url,
            "SANDBOX_PAY_SECRET": self.api_secret,
            "SANDBOX_PAY_KEY": self.webhook_key,
        }

    def program(self, webhook_url: str, folder: Path) -> Program:
        """The sandbox's process; of the product it sees nothing but the address of the webhook."""
        environment = {
            **self.home.environment(),
            "PYTHONUNBUFFERED": "1",
            "SANDBOX_PAY_URL": self.url,
            "SANDBOX_PAY_SECRET": self.api_secret,
            "SANDBOX_PAY_KID": KID,
            "SANDBOX_PAY_KEY": self.webhook_key,
            "SANDBOX_PAY_WEBHOOK_URL": webhook_url,
            "SANDBOX_PAY_STATE": str(self.var / "sandbox-pay.sqlite3"),
        }
        return Program("sandbox", [sys.executable, "-m", "economy.payments.sandbox"], environment, folder)
