"""Django's PostgreSQL backend, which looks at a kept connection before it asks it anything."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the connection still stands. A server that has hung up has left something to read; only then is it
        asked, so that a request in good times costs no round trip for it."""
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0) or super().is_usable()
