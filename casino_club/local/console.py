"""What the supervisor's terminal shows: every line with the name of whoever says it."""

import sys
import threading

OWN_NAME = "run"
WIDTH = 8
COLOURS = {"run": "1;33", "prepare": "36", "web": "32", "worker": "35", "beat": "34", "sandbox": "95"}
QUIET_COLOUR = "90"


class Console:
    """Writes whole lines, one at a time. Once its reader has gone it stays silent."""

    def __init__(self, output=sys.stdout):
        self._output = output
        self._colours = output.isatty()
        self._lock = threading.Lock()
        self.is_closed = False

    def say(self, name: str, line: str) -> None:
        label = f"{name:<{WIDTH}} |"
        if self._colours:
            label = f"\033[{COLOURS.get(name, QUIET_COLOUR)}m{label}\033[0m"
        with self._lock:
            if self.is_closed:
                return
            try:
                self._output.write(f"{label} {line}\n")
                self._output.flush()
            except OSError:
                self.is_closed = True

    def tell(self, line: str) -> None:
        """A line of the supervisor's own."""
        self.say(OWN_NAME, line)
