"""Text from --body, --file, stdin or the editor; drafts that survive whatever goes wrong; attachments from files."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import click

from desk.cli import complete
from desk.cli.app import App, Rehearsed
from desk.cli.clerk import unfinished
from desk.cli.clerk.unfinished import Unfinished
from desk.cli.speech.asking import confirm, tell
from desk.cli.speech.helping import SpokenOption
from desk.codec.locate import BOM
from desk.domain.model import filenames
from desk.domain.model.fields import TEXT_MAX, check_text
from desk.errors import ConfigError, Conflict, DeskError, Interrupted, NotFound, UsageFault
from desk.text import Text, _, ngettext

if TYPE_CHECKING:
    from desk.cli.clerk.companion import Companion

HEAD = "<!-- ---------- "
"""How the line begins that says who will read a text; it is no part of it, wherever somebody moves it."""
_HEAD = rf"{HEAD}.*? -->\n?"
_END = " ---------- -->"
_WORDS = _("write above this line; what follows is for your eyes only")
_CUT = rf"{HEAD}.*?{_END}"
"""The line below which nothing is sent, in whichever language it was written."""
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def body_options(what: str) -> Callable[[F], F]:
    """--body and --file."""

    def wrap(function: F) -> F:
        by_file = click.option(
            "--file",
            metavar="PATH",
            cls=SpokenOption,
            shell_complete=complete.complete_file,
            help=_("{what}, from a file; - is stdin.", what=_named(what)),
        )(function)
        return click.option(
            "--body", metavar="TEXT", cls=SpokenOption, help=_("{what}; - is stdin.", what=_named(what))
        )(by_file)

    return wrap


def _named(what: str) -> Text:
    """What a text is, without its full stop: a text that is looked up by itself."""
    named = Text(what.rstrip("."))
    named.one = what
    return named


def given_text(app: App, body: str | None, file: str | None) -> str | None:
    """The text that --body or --file gave; None if neither was used."""
    if body is not None and file is not None:
        raise UsageFault(_("--body and --file can't be used together"), _("give one of them"))
    if body == "-":
        body, file = None, "-"
    if body is not None:
        return _checked(body)
    if file is None:
        return None
    if is_draft(app, file):
        # Without the form around it: what stands above the line, or the whole front matter and text of a ticket.
        app.draft = file
        return _checked(written_in(unfinished.read(file)))
    # app.place: without a desk nobody should begin to type.
    data = app.env.read_stdin() if file == "-" and app.place else read_file(file)
    try:
        text = data.decode().removeprefix(BOM)
    except UnicodeDecodeError as error:
        where = "stdin" if file == "-" else file
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageFault(
            _("{where}:{line}: not UTF-8 text", where=where, line=line),
            _("convert it: iconv -f WINDOWS-1253 -t UTF-8; or attach it: --attach FILE"),
        ) from None
    if file == "-":
        app.typed = text
    return _checked(text)


def is_draft(app: App, file: str | None) -> bool:
    """Whether a file is one of the drafts that `your text is kept` names."""
    if file in (None, "-"):
        return False
    return os.path.dirname(os.path.realpath(str(file))) == os.path.realpath(app.place.own(unfinished.FOLDER))


def _above(text: str) -> str:
    """What was written above the line of a form, without the line that says who will read it; "" where there is no line."""
    line = re.search(_CUT, text)
    return re.sub(_HEAD, "", text[: line.start()], count=1).strip("\n") if line else ""


def written_in(text: str) -> str:
    """What somebody wrote in a form, or the whole where it is no form."""
    return _above(text) if re.search(_CUT, text) else text


def _checked(text: str) -> str:
    try:
        return check_text(text)
    except ValueError as error:
        raise UsageFault(str(error)) from None


_TEXT_BYTES = 4 * TEXT_MAX
"""More than any text has that is allowed: what never ends isn't read to the end."""


def read_file(path: str, most: int = _TEXT_BYTES) -> bytes:
    """A file named on the command line; of one that is longer than `most` bytes, one byte more than that."""
    try:
        with open(path, "rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        raise NotFound(
            _("there is no file {path}", path=path), _("check the name; a path is relative to this folder")
        ) from None
    except IsADirectoryError:
        raise UsageFault(_("{path} is a folder, not a file", path=path)) from None
    except OSError as error:
        raise UsageFault(_("can't read {path}: {why}", path=path, why=error.strerror)) from None


def attachments(app: App, paths: Iterable[str], taken: Iterable[str]) -> dict[str, bytes]:
    """Files to attach: safe name → content. A name that had to be changed is said."""
    limit = app.config["attachment.max_mb"]
    names = set(taken)
    found: dict[str, bytes] = {}
    for path in paths:
        data = read_file(path, limit * 1024 * 1024)
        if len(data) > limit * 1024 * 1024:
            raise UsageFault(
                _("{path} has more than {limit} MiB, and no more are allowed", path=path, limit=limit),
                _("share it another way, or: desk config set attachment.max_mb N"),
            )
        name = filenames.attachment_name(os.fsencode(path).decode(errors="replace"), names)
        if name != os.path.basename(path):
            said = _("{path} is kept as {name}", path=os.path.basename(path), name=name)
            if said not in app.warnings:  # several tickets, or a second try
                app.warnings.append(said)
        names.add(name)
        found[name] = data
    return found


# -- the editor --------------------------------------------------------------------------------------------------------


def interactive(app: App) -> bool:
    """Whether a person is there to use an editor."""
    return app.env.interactive


def editor(app: App) -> str:
    """The person's editor, chosen as git chooses it: a command line for the shell."""
    names = ("GIT_EDITOR", "VISUAL", "EDITOR")
    return next((app.env.environ[name] for name in names if app.env.environ.get(name, "").strip()), "vi")


def edit(app: App, name: str, start: str, accept: Callable[[str], T], *, as_it_is: bool = False) -> T:
    """Let the person edit a text until `accept` takes it; its error stands on top when it doesn't.

    The text stays in a draft file until the command has succeeded; one that was left unfinished is offered again.
    An unchanged text means that the person has thought better of it, unless `as_it_is` says that it may do: whoever
    leaves without saving is asked then, as with a draft that is taken up again and left as it was.
    """
    app.draft = path = _begin(app, name, start)
    while True:
        before = unfinished.read(path)
        try:
            _run_editor(app, path)
        except DeskError:
            if unfinished.read(path) == start:
                _forget(app)
            raise
        text = unfinished.read(path)
        if not text.strip() or (text == start and not as_it_is):
            _forget(app)
            raise _nothing_written()
        if text == before and not confirm(app, _UNCHANGED, default=False):
            if text == start:
                _forget(app)
            raise _nothing_written()
        try:
            return accept(text)
        except DeskError as error:
            unfinished.write(path, f"{unfinished.ERROR}{_on_one_line(app, error)}\n{getattr(error, 'form', text)}")
            tell(app, _("error: {problem}", problem=error.message))
            if not confirm(app, _("Edit again?"), default=True):
                raise


_UNCHANGED = _("You left the text as it was. Go on with it as it is?")


def _nothing_written() -> UsageFault:
    return UsageFault(
        _("nothing was written, so nothing was changed"), _("to give a text without an editor: --body, --file")
    )


def _on_one_line(app: App, error: DeskError) -> str:
    told = f"{app.say(error.message)} ({app.say(error.hint)})" if error.hint else app.say(error.message)
    return " ".join(told.split())


def _begin(app: App, name: str, start: str) -> str:
    """The file to write in: one that was left unfinished, if the person wants to go on with it, or a new one."""
    owner = unfinished.owner_named(app.handle())
    mine = unfinished.path_for(app.place, name, owner)
    if app.resumes is not None:
        return _taken_up(app.resumes, name, mine)
    for old in unfinished.left(app.place, name, owner):
        question = _("There is an unfinished draft ({old}). Go on with it?", old=old.path)
        if confirm(app, question, default=True):
            os.replace(old.path, mine)
            return mine
        aside = unfinished.aside(app.place, name, owner)
        os.replace(old.path, aside)
        tell(app, _("It stays in {aside}", aside=aside))
    unfinished.write(mine, start)
    return mine


def _taken_up(old: Unfinished, name: str, mine: str) -> str:
    """A draft that somebody asked for; Conflict where what it would change has changed since it was begun."""
    if old.task != name:
        raise Conflict(
            _("what {name} would change has changed since", name=old.name),
            _("take from it what you need: {path}; then: desk draft drop {name}", path=old.path, name=old.name),
        )
    os.replace(old.path, mine)
    return mine


def _run_editor(app: App, path: str) -> None:
    # Ctrl-C is the editor's business: it reaches the whole terminal, and must not take the text away under the person.
    # A handler, unlike SIG_IGN, is not inherited.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.call(["sh", "-c", f'exec {editor(app)} "$@"', "sh", path])
    finally:
        signal.signal(signal.SIGINT, before)
    if code in (126, 127):
        raise ConfigError(
            _("can't start the editor {editor!r}", editor=editor(app)),
            _("set EDITOR, or give the text with --body or --file"),
        )
    if code:
        raise Interrupted(
            _("given up: the editor {editor!r} ended with {code}", editor=editor(app), code=code),
            _("nothing was changed; set EDITOR for another one"),
        )


def _forget(app: App) -> None:
    if app.draft:
        unfinished.drop(app.draft)
        app.draft = None


@contextmanager
def keep_text(app: App, name: str) -> Iterator[None]:
    """Around all that a command does with a text: typed into the editor or stdin, it is in a file if the command fails.

    The error boundary says where. After success it is forgotten.
    """
    try:
        yield
    except Rehearsed:
        raise  # what came through a pipe can come again
    except BaseException:
        if app.typed and not app.draft:
            with suppress(OSError, DeskError):
                path = unfinished.aside(app.place, f"{name}-{unfinished.PIPED}", unfinished.owner_named(app.handle()))
                unfinished.write(path, app.typed)
                app.draft = path
        raise
    _forget(app)


def entry_text(
    app: App,
    text: str | None,
    name: str,
    context: str = "",
    start: str = "",
    *,
    accept: Callable[[str], str] | None = None,
    head: str = "",
    page: Companion | None = None,
) -> str:
    """The text of a reply or note: as given, or from the editor with the thread below for reference.

    With `accept`, which may refuse a text, an unchanged `start` will do. `head` says in the first line who will read it.
    A `page` is the ticket below, which notices when others write in it meanwhile.
    """
    if text is not None:
        return text
    if not interactive(app):
        raise UsageFault(_("no text was given"), _("--body TEXT, or --file PATH (- is stdin)"))

    head = app.say(head)
    top = f"{HEAD}{' '.join(head.replace('-->', '').split())} -->\n\n" if head else ""

    def taken(whole: str) -> str:
        line = re.search(_CUT, whole)
        written = _above(whole) if line else re.sub(_HEAD, "", whole, count=1).strip("\n")
        _ask_about(app, whole[line.end() :] if line else "", page.context if page else context)
        if page is not None:
            page.require_unchanged(whole)
        if not written.strip():
            raise UsageFault(_("the text is empty"), _("write above the line, or leave the file as it was to give up"))
        return _checked(accept(written) if accept else written)

    below = page.context if page else context
    cut = f"{HEAD}{app.say(_WORDS)}{_END}"
    return edit(app, name, f"{top}{start}\n\n{cut}\n\n{below}", taken, as_it_is=accept is not None)


def _ask_about(app: App, below: str, context: str) -> None:
    """What was written below the line is not sent: whoever wrote it there is asked, rather than left to find out."""
    added = Counter(line for line in below.split("\n") if line.strip()) - Counter(context.split("\n"))
    number = sum(added.values())
    lines = ngettext("1 line stands", "{n} lines stand", number)
    if number and not confirm(app, _("{lines} below the line. Leave out what is there?", lines=lines), default=False):
        raise UsageFault(
            _("{lines} below the line, where nothing is sent from", lines=lines), _("move the text above the line")
        )
