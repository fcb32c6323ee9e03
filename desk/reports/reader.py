"""What reports ask for. The store answers; a report knows neither SQL nor git."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from desk.domain.figures.statistics import Period
from desk.domain.model.rows import MissRow

Rows = list[dict[str, Any]]


class Reader(Protocol):
    """One commit, one moment, one period, one set of filters."""

    @property
    def period(self) -> Period: ...

    def figures(self) -> Rows:
        """Every statistic with the period before and its trend."""

    def grouped(self, by: str) -> Rows:
        """The statistics of each group."""

    def days(self) -> list[str]:
        """The first day of each bar of a trend."""

    def tickets(self, which: str, limit: int) -> Rows:
        """Tickets of one of the lists in the store's table, and `age` in seconds."""

    def count(self, which: str) -> int:
        """How many tickets such a list has."""

    def waiting_by_age(self) -> Rows:
        """Tickets not closed in classes of age, youngest first: `id`, `open`, `pending`."""

    def work(self) -> Rows:
        """What each person has and did: `id`, `open`, `pending`, `oldest`, `replies`, `notes`, `closed`, `acts`."""

    def problems(self) -> Rows:
        """Problems that are live or were closed in the period, with the number of tickets linked to them."""

    def recurring(self) -> Rows:
        """Tags of the incidents registered in the period, most frequent first, and in the period before."""

    def articles(self) -> Rows:
        """Articles of the knowledge base, each once whatever its languages, with how often replies of the period named them,
        and whether they are stale.
        """

    def suggested(self) -> Mapping[str, int]:
        """Tickets of the period that an article very probably answers, by article: what is said after `ticket create`."""

    def misses(self) -> list[MissRow]:
        """What people searched for without a hit in the period, on this machine."""

    def acts(self) -> Rows:
        """Who did what: `id` (the person), `acts`, and a number for each verb."""

    def notable(self, which: str) -> Rows:
        """Events an auditor looks at: `rights`, `by-hand`, `overrides`, `deleted`; newest first."""

    def names(self) -> Mapping[str, str]:
        """Names of staff, by handle."""
