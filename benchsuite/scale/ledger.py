"""Chunks that were done before their turn, on disk until it comes: a kill loses none of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

_TABLE = """CREATE TABLE IF NOT EXISTS chunks (
    campaign TEXT NOT NULL, chunk INTEGER NOT NULL, found TEXT NOT NULL, PRIMARY KEY (campaign, chunk)
) WITHOUT ROWID"""


class Conflict(Exception):
    """A chunk that was done twice came to two things."""


class Ledger:
    """What each chunk of each campaign came to, once; in a file at ``path``, or in memory.

    The file appears with the first chunk and goes with the last. One process may have it open, which is
    whoever holds the run file beside it. All raise OSError where the file is no ledger, or cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        if path is not None and path.exists():
            self._open()

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = sqlite3.connect(self._path or ":memory:", isolation_level=None)
            try:
                self._ask(_TABLE)
            except OSError:
                self._database.close()
                raise
        return self._database

    def _ask(self, statement: str, *values: str | int) -> list[tuple[Any, ...]]:
        assert self._database is not None, "asked only of an open ledger"
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise OSError(
                f"{self._path} is no ledger of chunks that can be used ({error}): remove it"
            ) from None

    def put(self, campaign: str, chunk: int, found: str) -> None:
        """Keep what a chunk came to. Raises Conflict where something else is kept of it."""
        self._open()
        self._ask("INSERT OR IGNORE INTO chunks VALUES (?, ?, ?)", campaign, chunk, found)
        where = "SELECT found FROM chunks WHERE campaign = ? AND chunk = ?"
        ((kept,),) = self._ask(where, campaign, chunk)
        if kept != found:
            raise Conflict(f"chunk {chunk} was done twice, with different results")

    def chunks(self, campaign: str) -> dict[int, str]:
        """All that is kept of a campaign, by the number of the chunk."""
        if self._database is None:
            return {}
        where = "SELECT chunk, found FROM chunks WHERE campaign = ? ORDER BY chunk"
        return dict(self._ask(where, campaign))

    def forget(self, campaign: str) -> None:
        """Drop all that is kept of a campaign."""
        if self._database is not None:
            self._ask("DELETE FROM chunks WHERE campaign = ?", campaign)

    def close(self) -> None:
        """Close the file, and remove it where nothing is kept in it."""
        if self._database is None:
            return
        ((kept,),) = self._ask("SELECT count(*) FROM chunks")
        self._database.close()
        self._database = None
        if not kept and self._path is not None:
            self._path.unlink(missing_ok=True)
