"""Articles on their way into a commit: their files with hand edits, what stands against publishing, links that follow a move."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from desk.checks import approvals, judgement, rules
from desk.checks import edits as checks_edits
from desk.checks import links as checks_links
from desk.checks.act import Act
from desk.checks.world import World
from desk.codec import locate, places, records
from desk.config import Config
from desk.domain.knowledge import links
from desk.domain.knowledge.articles import DRAFT, PUBLISHED
from desk.domain.model import plain
from desk.domain.model.actor import Actor
from desk.domain.model.article import Article, base_of
from desk.domain.model.kinds import id_at
from desk.errors import Broken, Refused
from desk.git import objects
from desk.index.index import Index
from desk.named import NamedTuple
from desk.queries import knowledge
from desk.store import handedits, worktree
from desk.store.handedits import HandEdit
from desk.store.snapshot import Snapshot
from desk.store.store import Store
from desk.text import _, arranged


class Publication(NamedTuple):
    """An article as it would be published: `content` as its file has it, `files` the new pictures it shows."""

    before: Article | None
    after: Article
    content: bytes
    files: Mapping[str, bytes]
    edited: bool


# -- files -------------------------------------------------------------------------------------------------------------


def file_of(store: Store, article_id: str) -> tuple[str, str]:
    """Where an article lies, committed or only written by hand, and what its file says now."""
    path = store.ask(lambda index: index.path_of(Article.kind, article_id)) or _written(store, article_id)
    content = worktree.read(store.place, path) if path else None
    if path is None or content is None:
        raise store.missing(Article.kind, article_id)
    try:
        return path, content.decode()
    except UnicodeDecodeError as error:
        raise Broken(_("not UTF-8 text"), path, content.count(b"\n", 0, error.start) + 1) from None


def _written(store: Store, article_id: str) -> str | None:
    """The path of an article that is in the work tree alone."""
    try:
        topics = sorted(os.listdir(os.path.join(store.place.root, Article.folder)))
    except OSError:
        return None
    names = (f"{Article.folder}/{topic}/{article_id}.md" for topic in topics)
    return next((name for name in names if os.path.isfile(os.path.join(store.place.root, name))), None)


def read_as_written(store: Store, path: str) -> Article:
    """An article as its file says now, hand edits included."""
    record = places.decode_at(path, "", worktree.read(store.place, path) or b"")
    if not isinstance(record, Article):
        raise store.missing(Article.kind, id_at(path))
    return record


def read_committed_or_new(store: Store, path: str) -> Article:
    """An article as committed; one that isn't yet, as its file says."""
    with objects.blobs(store.place) as blobs:
        content = blobs.get(f"HEAD:{path}")
    try:
        record = places.decode_at(path, "", content if content is not None else worktree.read(store.place, path) or b"")
    except Broken:
        record = places.decode_at(
            path, "", worktree.read(store.place, path) or b""
        )  # the commit's is what is to be mended
    if not isinstance(record, Article):
        raise store.missing(Article.kind, id_at(path))
    return record


# -- publishing --------------------------------------------------------------------------------------------------------


class Shelf:
    """The knowledge base of a snapshot with the hand edits that lie over it: what may be published, one name at a time."""

    def __init__(self, snapshot: Snapshot, config: Config, by: Actor, at: datetime) -> None:
        self.at = at
        self.snapshot = snapshot
        self.config = config
        self.by = by
        edits = handedits.scan(snapshot.place, [Article.folder]).edits
        self.edits = {e.id: e for e in edits if e.kind == Article.kind and e.id and e.change != handedits.DELETED}
        self.pictures = {e.path: e for e in edits if e.kind == handedits.OTHER and e.after is not None}
        self.files = checks_links.list_committed(snapshot.place, snapshot.commit)
        self.files |= {e.path for e in self.edits.values()} | set(self.pictures)
        self.private = knowledge.private_topics(snapshot.index)

    def ids(self, name: str) -> list[str]:
        """The languages of an article, those that were only written by hand among them."""
        known = [str(row["id"]) for row in knowledge.variants(self.snapshot.index, base_of(name))]
        found = sorted({*known, *(i for i in self.edits if base_of(i) == base_of(name))})
        if name != base_of(name):
            return [name] if name in found else []
        return found

    def candidate(self, article_id: str) -> Publication:
        """An article with its hand edit, which is checked as `desk commit` would; raises what stands against it."""
        edit = self.edits.get(article_id)
        if edit is None:
            record = self.snapshot.get(Article.kind, article_id)
            assert isinstance(record, Article)  # noqa: S101 - the codec builds the class that the path says
            return Publication(record, record, self.snapshot.content(record.path), {}, edited=False)
        edits = [*self.edits.values(), *self.pictures.values()]
        world = checks_edits.world_with(self.snapshot.index, self.config, edits, self.snapshot.place)
        problem = checks_edits.find_edit_problem(edit, world)
        if problem is not None:
            raise problem
        # State and approval are what publishing itself is about; the rest is judged as anybody's edit.
        asked = edit if edit.new is None else edit._replace(new=edit.new.evolve(state=DRAFT, approved_by=None))
        for wrong in judgement.judge(Act(self.by, self.at, [asked]), self.snapshot, world):
            raise wrong.error
        found = self._edited(edit)
        changed = [path for path in found.files if self.pictures[path].change != handedits.NEW]
        if changed and self.config["kb.approval"]:
            raise approvals.picture_refused(changed[0], article_id)
        return found

    def _edited(self, edit: HandEdit) -> Publication:
        old, new = edit.old or (edit.new if edit.mended else None), edit.new
        if not isinstance(new, Article) or not (old is None or isinstance(old, Article)):
            raise Broken(_("not an article"), edit.path)
        shown = {links.target(posixpath.dirname(edit.path), link.url) for link in links.links(new.body)}
        files = {p: e.after for p, e in self.pictures.items() if p in shown and e.after is not None}
        return Publication(old, new, edit.after or b"", files, edited=True)

    def take(self, candidate: Publication) -> None:
        """These hand edits are part of the plan: the commit may write over them, as long as they stay as they were seen."""
        self.snapshot.taken.update(candidate.files)
        if candidate.edited:
            self.snapshot.taken[candidate.after.path] = candidate.content

    def require_ready(self, candidate: Publication) -> None:
        """Refuse an article that its readers couldn't use."""
        article = candidate.after
        for row in knowledge.variants(self.snapshot.index, article.base):
            if row["topic"] != article.topic and row["id"] not in self.edits:
                raise Refused(
                    _(
                        "{article} lies in {topic}, and {other} in {its_topic}: languages stay together",
                        article=article.id,
                        topic=article.topic,
                        other=row["id"],
                        its_topic=row["topic"],
                    ),
                    arranged("desk kb edit {base} --topic {topic}", base=article.base, topic=article.topic),
                )
        checks_links.require_readable(article, candidate.content, self.files, self.private)


def require_sound(snapshot: Snapshot, article: Article, config: Config) -> None:
    """Refuse a change by command that `desk commit` would refuse by hand."""
    before = snapshot.find(Article.kind, article.id)
    world = World(snapshot.index, config, [(before, article)])
    known = {(f.field, f.value) for f in rules.faults(Article.kind, plain.head(before), world)} if before else set()
    content = records.encode(article)
    for fault in rules.faults(Article.kind, plain.head(article), world):
        if (fault.field, fault.value) not in known:
            raise Broken(fault.problem, article.path, locate.line_of(content, fault.field), fault.hint)
    if article.state == PUBLISHED:
        files = checks_links.list_committed(snapshot.place, snapshot.commit)
        checks_links.require_readable(article, content, files, knowledge.private_topics(snapshot.index))


# -- links -------------------------------------------------------------------------------------------------------------


def relink_articles(snapshot: Snapshot, moving: Iterable[Article], topic: str) -> list[tuple[Article, Article]]:
    """Articles whose links change when some move to a topic: before and after, the moving ones among them."""
    going = {a.path: f"{Article.folder}/{topic}/{a.id}.md" for a in moving}
    found = []
    for path in _articles(snapshot):
        before = snapshot.find(Article.kind, id_at(path))
        if not isinstance(before, Article) or before.path != path or not re.search(r"\](?:\(|:)", before.body):
            continue
        body = links.relink_text(before.body, _Follow(path, going))
        if body != before.body:
            found.append((before, before.evolve(body=body, approved_by=None)))
    return found


class _Follow:
    """What a link in a file becomes when some files move, perhaps this one too."""

    def __init__(self, path: str, going: Mapping[str, str]) -> None:
        self._folder = posixpath.dirname(path)
        self._there = posixpath.dirname(going.get(path, path))
        self._going = going

    def __call__(self, url: str) -> str:
        found = links.target(self._folder, url)
        if found is None or (found not in self._going and self._folder == self._there):
            return url
        return links.relative_link(self._there, self._going.get(found, found), url)


def _articles(snapshot: Snapshot) -> Iterator[str]:
    yield from knowledge.paths(snapshot.index)


def find_links_to(snapshot: Snapshot, paths: Collection[str], *, live: bool = True) -> list[tuple[str, int, str]]:
    """Path, line and link of the articles outside of `paths` that lead to one of them; `live`: published ones only."""
    others = [path for path in knowledge.paths(snapshot.index, published=live) if path not in paths]
    contents = checks_links.contents(snapshot.place, snapshot.commit, others)
    return list(checks_links.find_leading_to(paths, contents))


def find_dead_ends(index: Index, article: Article) -> list[tuple[str, str]]:
    """Id and state of the articles that this one leads to and that are not published."""
    folder = posixpath.dirname(article.path)
    found = {links.target(folder, link.url) for link in links.links(article.body) if links.is_relative(link.url)}
    return knowledge.unpublished(index, sorted(path for path in found if path))
