"""A session at a terminal: what the command line adds to it, which is all talk and none of it data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from desk.cli.env import Env, is_in_desk
from desk.cli.speech import language
from desk.config import Config
from desk.errors import ConfigError, DeskError
from desk.session.session import Session
from desk.store import settings
from desk.text import _, said, speaking

if TYPE_CHECKING:
    from desk.cli.clerk.unfinished import Unfinished
    from desk.domain.model.change import Change
    from desk.index.index import Index
    from desk.text import Catalogue


_NAMED = 5
"""Records that can't be read are named up to here."""
COLORS = ("auto", "always", "never")
"""When there are colours: on a terminal that has them, whatever reads it, or not at all."""


class Rehearsed(Exception):
    """What would be changed was all that was asked for."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__()
        self.changes = changes


class App(Session):
    """One run of the program."""

    def __init__(
        self,
        env: Env,
        desk: str | None = None,
        who: str | None = None,
        *,
        color: str = "auto",
        debug: bool = False,
        quiet: bool = False,
        lang: str | None = None,
    ) -> None:
        def draw(items: Iterable[str], total: int, label: str) -> Iterable[str]:
            from desk.view.drawing.progress import progress  # noqa: PLC0415 - for long loops only

            return progress(items, total, self.say(label), env.stderr, say=self.say)

        def say_waiting() -> None:
            if env.stderr.isatty() and not quiet:
                env.stderr.write(f"{_('waiting for another desk command …')}\n")
                env.stderr.flush()

        folder = desk or env.environ.get("DESK_DIR") or env.cwd
        super().__init__(
            folder,
            env.environ,
            env.now(),
            who=who or env.environ.get("DESK_AS"),
            progress=draw if env.stderr.isatty() else None,
            clock=env.clock,
            waiting=say_waiting,
        )
        self.env = env
        self.color = color
        """One of COLORS."""
        self.debug = debug
        self.quiet = quiet
        """Whether only what is asked for is said, and what is wrong."""
        self.lang = lang
        """The language asked for; None for what the environment or git's configuration says."""
        self.output = "table"
        """The format of the answer: for the renderer alone. A command asks what people need, not which format it is."""
        self.fields: tuple[str, ...] | None = None
        """The fields that --json asked for."""
        self.template: str | None = None
        """What --template gave: a text, or @ and a file."""
        self.typed: str | None = None
        """Text read from stdin, to be kept in a draft if the command fails."""
        self.draft: str | None = None
        """The file of a text being written in the editor."""
        self.resumes: Unfinished | None = None
        """The draft that the person asked to go on with."""
        self.several = False
        """Whether ids came from a pipe, or more than one: the answer is a list then, however many there turn out to be."""
        self.rehearses = False
        """Whether only what would be changed is asked for."""
        self.agrees = False
        """Whether nobody is to be asked before something grave."""
        self.exit_code = 0
        """What the program leaves with when nothing was raised; checks that found something set it."""

    @property
    def language(self) -> str:
        """The language of this run, `en` or one that there is a catalogue of."""
        return language.name_of(self.env, self.lang, self._kept_language)

    @property
    def catalogue(self) -> Catalogue | None:
        """What texts are said by where somebody reads them; None for English."""
        return language.spoken(self.env, self.lang, self._kept_language)

    def _kept_language(self) -> str:
        """As git's configuration has it, which is read with the identity; "" where there is no desk."""
        try:
            return self.identity.language if "place" in self.__dict__ or is_in_desk(self.folder) else ""
        except (DeskError, OSError):
            return ""

    def say(self, text: str) -> str:
        """A text in the language of this run, for what is printed or asked at once."""
        with speaking(self.catalogue):
            return said(text)

    @property
    def talks(self) -> bool:
        """Whether somebody reads what is said beside the answer."""
        return self.output == "table"

    def idle(self) -> None:
        """Say that there was nothing to do, to somebody who waits for an answer: cron sends each line as a message."""
        if self.env.stderr.isatty():
            self.notes.append(_("nothing to do"))

    def warn_of_unread(self, under: str = "records/", index: Index | None = None) -> None:
        """Say which committed records under a folder can't be read, and so are in no list and in no figure."""
        found = index.broken(under) if index is not None else self.store.ask(lambda current: current.broken(under))
        self.warnings += [f"{path}:{line}: {problem}" for path, line, problem in found[:_NAMED]]
        if len(found) > _NAMED:
            self.warnings.append(_("and {n} more records that can't be read: desk doctor", n=len(found) - _NAMED))

    def warn_of_cut(self, since: str | None = None) -> None:
        """Say where an answer from history would have to go back before the beginning of it that this clone has."""
        self.warnings += self.what_is_cut(since)

    def what_is_cut(self, since: str | None) -> tuple[str, ...]:
        """That this clone's history begins after a time, RFC 3339 UTC, None for the first commit; nothing where it doesn't."""
        if not os.path.exists(os.path.join(self.place.common, "shallow")):
            return ()
        from datetime import UTC, datetime  # noqa: PLC0415 - where history was cut off, as the next two

        from desk.domain.model.fields import utc_text  # noqa: PLC0415
        from desk.git import refs  # noqa: PLC0415

        begins = datetime.fromtimestamp(refs.begins(self.place) or 0, UTC)
        if since is not None and since >= utc_text(begins):
            return ()
        day = self.local(begins).date()
        text = _(
            "the history of this clone begins on {day}; what was before is not told: git fetch --unshallow", day=day
        )
        return (text,)

    def rows_wanted(self, asked: int | None) -> int:
        """How many rows an answer has, 0 for all: as asked for; else a page for people, and everything for a program."""
        if asked is not None:
            return asked
        return int(self.config["list.limit"]) if self.output in ("table", "md") else 0


def config_error(app: App) -> DeskError | None:
    """What is wrong with desk.toml; the rest of this run has the settings of the newest commit then, or the defaults."""
    try:
        app.config = settings.read(app.place)
    except (ConfigError, OSError) as error:
        app.config = settings.read_committed(app.place) or Config({})
        if isinstance(error, ConfigError):
            return error
        return ConfigError(_("desk.toml can't be read: {why}", why=error.strerror), "ls -l desk.toml")
    return None
