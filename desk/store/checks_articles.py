"""Articles edited by hand, and articles as the doctor finds them: approvals, links and pictures, languages."""

from __future__ import annotations

from collections.abc import Iterator

from desk.domain import knowledge
from desk.domain.article import Article
from desk.domain.knowledge import PUBLISHED
from desk.errors import DeskError, Refused
from desk.store import checks_links
from desk.store import knowledge as ask
from desk.store.checks_exam import Exam, Finding
from desk.store.checks_rules import World, line_of
from desk.store.hand import DELETED, HandEdit


def problem(edit: HandEdit, world: World) -> DeskError | None:
    """Why a hand edit in the knowledge base can't be committed; None if nothing is against it."""
    if edit.change == DELETED:
        return _missed(edit, world)
    old, new = edit.old, edit.new
    if not isinstance(new, Article) or not (old is None or isinstance(old, Article)):
        return None
    if new.approved_by not in (None, old.approved_by if old else None):
        where = f"{edit.path}:{line_of(edit.after, 'approved_by')}"
        return Refused(
            f"{where}: approved_by: an approval is not written by hand",
            f"take the line out; desk kb review {new.id} --approve",
        )
    return (_unapproved(old, new, world) or _unreadable(edit, new, world)) if new.state == PUBLISHED else None


def _unapproved(old: Article | None, new: Article, world: World) -> DeskError | None:
    """Where approval is asked for, readers see no text without one, whoever wrote `state: published`."""
    if world.config is None or not world.config["kb.approval"]:
        return None
    if old is not None and old.state == PUBLISHED and knowledge.digest(old) == knowledge.digest(new):
        return None
    given = ask.approval(world.index, new.id)
    try:
        knowledge.require_approval(new, given[1] if given and given[0] == new.approved_by else None)
    except knowledge.Approval as error:
        hint = f"state: review, then: desk commit; a colleague: desk kb review {new.id} --approve; desk kb publish {new.id}"
        return Refused(error.message, hint)
    return None


def _unreadable(edit: HandEdit, new: Article, world: World) -> DeskError | None:
    if world.files is None:
        return None
    try:
        checks_links.require_readable(new, edit.after or b"", world.files, world.private_topics())
    except DeskError as error:
        return error
    return None


def _missed(edit: HandEdit, world: World) -> DeskError | None:
    """A file that published articles lead to is not deleted from under them."""
    if world.files is None or world.place is None or not edit.path.startswith("kb/"):
        return None
    rows = world.index.db.execute("SELECT path FROM articles WHERE state = 'published' ORDER BY path").fetchall()
    others = [str(r[0]) for r in rows if r[0] not in world.touched and r[0] in world.files]
    contents = checks_links.contents(world.place, world.index.commit or "HEAD", others)
    found = next(checks_links.leading_to({edit.path}, contents), None)
    if found is None:
        return None
    path, line, url = found
    return Refused(
        f"{edit.path} can't be deleted: {path}:{line} leads there: {url}",
        f"git checkout -- {edit.path}, or mend the link too",
    )


def remarks(edits: list[HandEdit]) -> Iterator[str]:
    """What is allowed, and still not quite right."""
    for edit in edits:
        new, old = edit.new, edit.old
        if isinstance(new, Article) and new.state == PUBLISHED and new.published is None and new != old:
            yield f"{new.id} is published by hand, without its dates: desk kb publish {new.id}"


# -- the doctor --------------------------------------------------------------------------------------------------------


def published(exam: Exam) -> Iterator[Finding]:
    """Published articles have text, no places left to fill in, and links and pictures that lead somewhere."""
    paths = [
        str(r[0]) for r in exam.index.db.execute("SELECT path FROM articles WHERE state = 'published' ORDER BY path")
    ]
    every = {str(r[0]) for r in exam.index.db.execute("SELECT path FROM articles UNION SELECT path FROM topics")}
    files = every | {p for p in exam.walk.others if p.startswith("kb/")}
    private = ask.private_topics(exam.index)
    for path in paths:
        content = exam.content(path)
        for fault in checks_links.faults(path, content, files, private) if content else ():
            yield Finding("articles", path, fault.line, fault.problem, fault.hint)


def approvals(exam: Exam) -> Iterator[Finding]:
    """Who is said to have approved an article has done so, in a commit of their own."""
    for row in exam.index.rows("article", "approved_by IS NOT NULL", tail="ORDER BY path"):
        given = exam.index.db.execute(
            "SELECT 1 FROM events e JOIN commits c ON c.n = e.n WHERE e.kind = 'article' AND e.id = ? AND e.verb = 'approve'"
            " AND c.actor = ?",
            (row["id"], row["approved_by"]),
        ).fetchone()
        if given is None:
            path = f"kb/{row['topic']}/{row['id']}.md"
            problem_ = f"approved_by: {row['approved_by']} has not approved {row['id']}: no commit says so"
            hint = f"take the line out; then a colleague: desk kb review {row['id']} --approve"
            yield Finding("approvals", path, exam.line(path, "approved_by"), problem_, hint)


def twice(exam: Exam) -> Iterator[Finding]:
    """No two articles have the same name, in whatever topics they lie."""
    rows = exam.index.db.execute("SELECT id, min(path), max(path) FROM articles GROUP BY id HAVING count(*) > 1")
    for article_id, first, second in rows:
        yield Finding(
            "articles", str(second), 1, f"id: {first} has the id {article_id} as well", "rename one of them: git mv"
        )
