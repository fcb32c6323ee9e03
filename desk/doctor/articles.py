"""Checks of articles: published soundly, approved, and each only once."""

from __future__ import annotations

from collections.abc import Iterator

from desk.checks import links
from desk.doctor.exam import Exam, Finding
from desk.queries import knowledge
from desk.text import _

# -- the doctor --------------------------------------------------------------------------------------------------------


def published(exam: Exam) -> Iterator[Finding]:
    """Published articles have text, no places left to fill in, and links and pictures that lead somewhere."""
    paths = knowledge.paths(exam.index, published=True)
    files = knowledge.pages(exam.index) | {p for p in exam.walk.others if p.startswith("kb/")}
    private = knowledge.private_topics(exam.index)
    for path in paths:
        content = exam.content(path)
        for fault in links.faults(path, content, files, private) if content else ():
            yield Finding("articles", path, fault.line, fault.problem, fault.hint)


def approvals(exam: Exam) -> Iterator[Finding]:
    """Who is said to have approved an article has done so, in a commit of their own."""
    for row in exam.index.rows("article", "approved_by IS NOT NULL", tail="ORDER BY path"):
        if not knowledge.has_approved(exam.index, row["id"], row["approved_by"]):
            path = f"kb/{row['topic']}/{row['id']}.md"
            problem_ = _(
                "approved_by: {approved_by} has not approved {id}: no commit says so",
                approved_by=row["approved_by"],
                id=row["id"],
            )
            hint = _("take the line out; then a colleague: desk kb review {id} --approve", id=row["id"])
            yield Finding("approvals", path, exam.line(path, "approved_by"), problem_, hint)


def twice(exam: Exam) -> Iterator[Finding]:
    """No two articles have the same name, in whatever topics they lie."""
    for article_id, first, second in knowledge.namesakes(exam.index):
        yield Finding(
            "articles",
            second,
            1,
            _("id: {first} has the id {article_id} as well", first=first, article_id=article_id),
            _("rename one of them: git mv"),
        )
