"""SQLite, with writers queueing on a file lock instead of polling.

SQLite lets one transaction write at a time; the others poll, and whoever polls at the lucky moment wins, so under a
rush single clients starve for seconds. A blocking `flock` taken before BEGIN IMMEDIATE is a queue the kernel keeps.
The lock decides nothing about correctness: SQLite's own lock still does.
"""

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    _queue: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._enter_queue()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_queue()
            raise

    def _commit(self) -> Any:
        # A failed COMMIT leaves the transaction open: the rollback that follows gives the place up.
        result = super()._commit()  # type: ignore[misc]
        self._leave_queue()
        return result

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _enter_queue(self) -> None:
        path = str(self.settings_dict["NAME"])
        if self._queue is not None or self.is_in_memory_db():
            return
        self._queue = os.open(f"{path}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._queue, fcntl.LOCK_EX)

    def _leave_queue(self) -> None:
        if self._queue is not None:
            os.close(self._queue)
            self._queue = None
