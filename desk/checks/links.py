"""Links and pictures of articles: a published one may lead nowhere that its readers can't go.

Asked by `kb publish`, by `desk commit` for hand edits, and by the doctor.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping

from desk.codec import locate
from desk.domain.knowledge import skeleton
from desk.domain.knowledge.articles import STRUCTURE
from desk.domain.knowledge.links import Link, is_relative, links, target
from desk.domain.model.article import Article
from desk.domain.model.kinds import id_at, kind_at
from desk.errors import Broken, DeskError, Refused, nearest
from desk.git import objects
from desk.git.place import Place
from desk.named import NamedTuple
from desk.text import _, arranged, listed


class LinkFault(NamedTuple):
    """`line` counts from 1 in the article's file. `rule`: not a slip, but something readers must not be led to."""

    line: int
    problem: str
    hint: str
    rule: bool = False


def list_committed(place: Place, commit: str) -> set[str]:
    """The files of the knowledge base in a commit."""
    return {file.path for file in objects.files(place, commit, ("kb",))}


def faults(path: str, content: bytes, files: Collection[str], private: Collection[str]) -> Iterator[LinkFault]:
    """Every link of an article's file that leads to none of `files`, or out of a public topic into a private one."""
    folder = posixpath.dirname(path)
    topic = posixpath.basename(folder)
    first, body = locate.body_of(content)
    for link in links(body):
        if not is_relative(link.url):
            continue
        found = target(folder, link.url)
        fault = _fault(link, found, files)
        if (
            fault is None
            and found
            and topic not in private
            and found.split("/")[1:2]
            and found.split("/")[1] in private
        ):
            fault = (
                _("{url} leads to an article for staff only", url=link.url),
                "take the link out, or move the article",
            )
        if fault:
            yield LinkFault(first + link.line - 1, *fault, rule=found is not None and found in files)


def require_readable(article: Article, content: bytes, files: Collection[str], private: Collection[str]) -> None:
    """Refuse an article with nothing in it, places left to fill in, or links and pictures that lead nowhere."""
    first, body = locate.body_of(content)
    if not body.strip() and not any(article.values.get(n) for n in STRUCTURE):
        raise Broken(
            _("the article is empty"), article.path, first, arranged("desk kb edit {article}", article=article.id)
        )
    for line, words in skeleton.gaps(body):
        raise Broken(
            _("a place to be filled in: {words}", words=words),
            article.path,
            first + line - 1,
            _("write it, or take it out"),
        )
    found = list(faults(article.path, content, files, private))
    if found:
        raise link_error(article.path, found)


def link_error(path: str, found: list[LinkFault]) -> DeskError:
    """Links that lead nowhere as one error: the first with its hint, the others named."""
    fault, *others = found
    told = [_("; line {line}: {problem}", line=f.line, problem=f.problem) for f in others[:4]]
    more = listed([*told, *(["; …"] if len(others) > 4 else [])], "")
    if fault.rule:
        return Refused(
            arranged("{path}:{line}: {problem}{more}", path=path, line=fault.line, problem=fault.problem, more=more),
            fault.hint,
        )
    return Broken(arranged("{problem}{more}", problem=fault.problem, more=more), path, fault.line, fault.hint)


def _fault(link: Link, found: str | None, files: Collection[str]) -> tuple[str, str] | None:
    if found is None or not found.startswith("kb/"):
        if link.picture:
            return (
                _("the picture {url} leads out of the knowledge base", url=link.url),
                _("put the file beside the article; web pictures begin with https://"),
            )
        return (
            _("the link {url} leads out of the knowledge base", url=link.url),
            _("put the file beside the article; web links begin with https://"),
        )
    if found in files or any(path.startswith(f"{found}/") for path in files):
        return None
    near = _nearest(found, files)
    hint = _("did you mean {near}?", near=near) if near else _("put the file there: {path}", path=found)
    if link.picture:
        return _("the picture {url} leads nowhere: there is no {path}", url=link.url, path=found), hint
    return _("the link {url} leads nowhere: there is no {path}", url=link.url, path=found), hint


def _nearest(found: str, files: Collection[str]) -> str | None:
    name = posixpath.basename(found)
    same = [path for path in sorted(files) if posixpath.basename(path) == name]
    close = same[0] if same else nearest(found, sorted(files), 0.8)
    return posixpath.relpath(close, posixpath.dirname(found)) if close else None


def find_leading_to(paths: Collection[str], files: Mapping[str, bytes]) -> Iterator[tuple[str, int, str]]:
    """Article, line and link of everything in `files` (path → content) that leads to one of `paths`."""
    for path, content in files.items():
        first, body = locate.body_of(content)
        for link in links(body):
            if is_relative(link.url) and target(posixpath.dirname(path), link.url) in paths:
                yield path, first + link.line - 1, link.url


def contents(place: Place, commit: str, files: Collection[str]) -> dict[str, bytes]:
    """The articles among these files, as the commit has them."""
    found = {}
    with objects.blobs(place) as blobs:
        for path in sorted(files):
            cls = kind_at(path)
            if cls is not None and cls.kind == "article" and id_at(path):
                found[path] = blobs.get(f"{commit}:{path}") or b""
    return found
