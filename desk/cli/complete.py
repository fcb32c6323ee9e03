"""Completion of ids, people, departments, tags, states and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from desk.cli.app import App
from desk.domain.model.fields import name_of
from desk.domain.model.query import SORTABLE
from desk.domain.model.states import STATES
from desk.errors import DeskError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' response type value description longest=0 shown=() line=${COMP_LINE-} word cut=
    local -a values=() descriptions=() words=()
    local -i at cword=-1
    # bash breaks words at = and : as well; what was typed without a blank between is one word to desk.
    for (( at = 0; at < ${#COMP_WORDS[@]}; at++ )); do
        word=${COMP_WORDS[at]}
        if [[ $at -gt 0 && -n $word && $line == "$word"* ]]; then
            words[${#words[@]}-1]+=$word
        else
            line=${line#"${line%%%%[! $'\\t']*}"}
            words+=("$word")
        fi
        line=${line#"$word"}
        (( at == COMP_CWORD )) && cword=${#words[@]}-1
    done
    word=${words[cword]-}
    [[ $word != "${COMP_WORDS[COMP_CWORD]-}" ]] && cut=${word%%"${word##*[=:]}"}
    response=$(env COMP_WORDS="${words[*]}" COMP_CWORD=$cword %(complete_var)s=bash_complete $1)
    COMPREPLY=()
    for completion in $response; do
        IFS=$'\\t' read -r type value description <<< "$completion"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                value=${value#"$cut"}
                values+=("$value"); descriptions+=("$description")
                (( ${#value} > longest )) && longest=${#value} ;;
        esac
    done
    if (( ${#values[@]} == 1 )); then
        COMPREPLY=("${values[0]}")
        [[ ${values[0]} == *= ]] && compopt -o nospace
        return 0
    fi
    # Several are shown each with what it is; what they begin with alike is all that bash fills in of them.
    local -i room=$(( ${COLUMNS:-80} - 4 ))
    for (( at = 0; at < ${#values[@]}; at++ )); do
        if [[ -n ${descriptions[at]} ]]; then
            printf -v shown '%%-*s  (%%s)' $longest "${values[at]}" "${descriptions[at]}"
            COMPREPLY+=("${shown:0:room}")
        else
            COMPREPLY+=("${values[at]}")
        fi
    done
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
"""What click's script for bash does, and descriptions as its script for zsh has them."""


def add_bash() -> None:
    """Have click use the script above: before a script is asked for, and before one is answered."""
    from click.shell_completion import BashComplete, add_completion_class  # noqa: PLC0415 - for the shell only

    class Described(BashComplete):
        source_template = _BASH

        def format_completion(self, item: CompletionItem) -> str:
            return "\t".join((item.type, str(item.value), " ".join((item.help or "").split())))

    add_completion_class(Described, "bash")


_TOLD, _OFFERED = 200, 20
"""Of so many events, the newest, so many commits are offered."""

# -- completion --------------------------------------------------------------------------------------------------------


def app_for_completion(ctx: click.Context) -> App:
    """The App of a command line that is still being typed."""
    root = ctx.find_root()
    return App(root.obj, root.params.get("desk"), root.params.get("who"))


def _complete(question: Callable[[App, str], Iterable[tuple[str, str]]]) -> Callable[..., list[CompletionItem]]:
    """Completion that stays silent where there is no desk."""

    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, word = incomplete.rpartition(",")
        try:
            found = list(question(app_for_completion(ctx), word))
        except (DeskError, OSError):
            return []
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - for the shell only

        return [CompletionItem(f"{before}{comma}{value}", help=text or None) for value, text in found]

    return complete


def _tickets(app: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.queries.tickets import titles  # noqa: PLC0415 - for the shell only

    if word.startswith("@"):
        return _at_hand(app, word)
    return app.store.ask(lambda index: titles(index, word.upper()))


def _at_hand(app: App, word: str) -> Iterable[tuple[str, str]]:
    """What lies at hand in this terminal, each with its id and title."""
    from desk.local import hand  # noqa: PLC0415 - for the shell only

    held = hand.load(app.place, app.env.terminal) if app.env.terminal else hand.Hand()
    named = {"@": held.ticket, **{f"@{number}": row for number, row in enumerate(held.rows, 1)}}
    known = {i: name for i, name in named.items() if name and i.startswith(word)}
    rows = app.store.ask(lambda index: index.rows("ticket", f"id IN ({','.join('?' * len(known))})", [*known.values()]))
    titles = {str(row["id"]): str(row["title"]) for row in rows}
    return [(typed, f"{name}  {titles.get(name, '')}") for typed, name in known.items()]


def _records(kind: str) -> Callable[[App, str], Iterable[tuple[str, str]]]:
    def question(app: App, word: str) -> Iterable[tuple[str, str]]:
        rows = app.store.ask(lambda index: index.rows(kind, "id LIKE ? || '%'", (word,), "ORDER BY id"))
        return [(str(r["id"]), str(r.get("name") or r.get("title") or r.get("description") or "")) for r in rows]

    return question


def _staff(app: App, word: str) -> Iterable[tuple[str, str]]:
    """Staff by handle, and by what their name has in it."""
    from desk.domain.matching.folding import fold  # noqa: PLC0415 - for the shell only

    rows = app.store.ask(lambda index: index.rows("staff", "1", (), "ORDER BY id"))
    wanted = fold(word)
    parts = [(str(r["id"]), str(r["name"] or ""), [str(r["id"]), *fold(str(r["name"] or "")).split()]) for r in rows]
    return [(handle, name) for handle, name, words in parts if any(one.startswith(wanted) for one in words)]


def _verbs(_: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.domain.rights import verbs  # noqa: PLC0415 - for the shell only

    return [(name, "") for name in dict.fromkeys(verb.name for verb in verbs.VERBS) if name.startswith(word)]


def _fields_of(on: str) -> Callable[[App, str], Iterable[tuple[str, str]]]:
    """`country=`, and behind it the values that a field of a few has."""

    def question(app: App, word: str) -> Iterable[tuple[str, str]]:
        name, equals, value = word.partition("=")
        rows = app.store.ask(lambda index: index.rows("field", '"on" = ?', (on,), "ORDER BY id"))
        if not equals:
            return [(f"{r['id']}=", str(r["description"] or r["type"])) for r in rows if str(r["id"]).startswith(name)]
        options = next((r["options"] or () for r in rows if str(r["id"]) == name), ())
        return [(f"{name}={option}", "") for option in options if str(option).startswith(value)]

    return question


def _whos(app: App, word: str) -> Iterable[tuple[str, str]]:
    return [*((w, "") for w in ("me", "none") if w.startswith(word)), *_staff(app, word)]


def _setting(name: str) -> Callable[[App, str], Iterable[tuple[str, str]]]:
    return lambda app, word: [(v, "") for v in app.config[name] if v.startswith(word)]


def _callers(app: App, word: str) -> Iterable[tuple[str, str]]:
    """Requesters by id, and by name and address: what is filled in is the id, which no shell splits."""
    from desk.queries.people import called  # noqa: PLC0415 - for the shell only

    if word.startswith("u-") or not word:
        return _records("user")(app, word)
    rows = app.store.ask(lambda index: called(index, word))
    return [(str(r["id"]), f"{r['name'] or ''} {r['email'] or ''}".strip()) for r in rows[:20]]


def _columns(_: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.cli.clerk.columns import KNOWN  # noqa: PLC0415 - for the shell only

    return [(name, "") for name in KNOWN if name.startswith(word)]


def _sort_keys(_: App, word: str) -> Iterable[tuple[str, str]]:
    sign = "-" if word.startswith("-") else ""
    return [(sign + name, "") for name in SORTABLE if name.startswith(word.removeprefix("-"))]


def _saved(app: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.cli.clerk import personal  # noqa: PLC0415 - for the shell only

    known = {**personal.shared(app.env, app.folder, personal.FILTER), **personal.load(app.env, personal.FILTER)}
    return [(name, words) for name, words in sorted(known.items()) if name.startswith(word)]


def _people(app: App, word: str) -> Iterable[tuple[str, str]]:
    return [("me", ""), *_staff(app, word)] if "me".startswith(word) else _staff(app, word)


def complete_file(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A file, which the shell knows best."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - for the shell only

    return [CompletionItem(incomplete, type="file")]


def complete_folder(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """A folder."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - for the shell only

    return [CompletionItem(incomplete, type="dir")]


def _drafts(app: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.cli.clerk import unfinished  # noqa: PLC0415 - for the shell only

    mine = unfinished.of(app.place, unfinished.owner_named(app.handle()))
    return [(one.name, "") for one in mine if word.lower() in one.name.lower()]


def _help_topics(_: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.cli.clerk import manual  # noqa: PLC0415 - for the shell only
    from desk.cli.table import COMMANDS  # noqa: PLC0415 - as above

    known = {**manual.topics(), **{path: row.help for path, row in COMMANDS.items() if " " not in path}}
    return [(name, title) for name, title in known.items() if name.startswith(word)]


def _spoken(app: App, word: str) -> Iterable[tuple[str, str]]:
    from desk.locale.language import languages  # noqa: PLC0415 - for the shell only

    return [(name, "") for name in languages(app.env.environ) if name.startswith(word)]


def _commits(app: App, word: str) -> Iterable[tuple[str, str]]:
    """The newest changes, each with what it did; of one that changed more, what came first."""
    from desk.queries import events  # noqa: PLC0415 - for the shell only

    told = app.store.ask(lambda index: events.log(index, events.Wanted(limit=_TOLD)))
    first = {str(row["commit"])[:10]: f"{row['verb']} {row['id']}" for row in reversed(told) if row["verb"]}
    return [(commit, what) for commit, what in reversed(first.items()) if commit.startswith(word.lower())][:_OFFERED]


complete_topic_of_help = _complete(_help_topics)
complete_spoken = _complete(_spoken)
complete_commit = _complete(_commits)
complete_draft = _complete(_drafts)
complete_filter = _complete(_saved)
complete_columns = _complete(_columns)
complete_sort = _complete(_sort_keys)
complete_ticket = _complete(_tickets)
complete_who = _complete(_whos)
complete_person = _complete(_people)
complete_staff = _complete(_staff)
complete_verb = _complete(_verbs)
complete_ticket_field = _complete(_fields_of("ticket"))
complete_user_field = _complete(_fields_of("user"))
complete_user = complete_caller = _complete(_callers)
complete_tag = _complete(_records("tag"))
complete_department = _complete(_records("department"))
complete_group = _complete(_records("group"))
complete_response = _complete(lambda app, word: {name_of(i): t for i, t in _records("response")(app, word)}.items())
complete_checklist = _complete(lambda app, word: {name_of(i): t for i, t in _records("checklist")(app, word)}.items())
complete_state = _complete(lambda _, word: [(s, "") for s in (*STATES, "any") if s.startswith(word)])
complete_priority = _complete(_setting("ticket.priorities"))
complete_impact = _complete(_setting("ticket.impacts"))
complete_urgency = _complete(_setting("ticket.urgencies"))
complete_channel = _complete(_setting("ticket.channels"))
complete_language = _complete(_setting("desk.languages"))


def complete_kind(kind: str) -> Callable[..., list[CompletionItem]]:
    """Records of a kind by id; people by what their names have in them too."""
    by_name = {"user": _callers, "staff": _staff}
    return _complete(by_name.get(kind) or _records(kind))
