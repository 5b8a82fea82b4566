"""Beat's memory of when each duty was sent last: a file, so that a duty missed while beat was down is made up for."""

from contextlib import closing

import structlog
from celery.beat import PersistentScheduler

log = structlog.get_logger(__name__)


class Scheduler(PersistentScheduler):
    """A file that cannot be read, as beat leaves one that is killed while it writes, is told of in a line and begun anew."""

    def setup_schedule(self) -> None:
        try:
            with closing(self.persistence.open(self.schedule_filename)) as kept:
                dict(kept)
        except Exception as error:  # noqa: BLE001 - whatever a broken file makes of pickles and databases
            log.warning("beat_schedule_begun_anew", file=self.schedule_filename, error=type(error).__name__)
            self._remove_db()
        super().setup_schedule()
