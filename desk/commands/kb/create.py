"""desk kb create: the right skeleton for the type, in the editor or as a file to go on with."""

from __future__ import annotations

from typing import Any

import click

from desk.actions import articles, identifiers
from desk.actions.identifiers import normalise_id
from desk.cli import arguments, complete, editor, form, leaf, told
from desk.cli.app import App
from desk.cli.speech.helping import SpokenOption
from desk.domain.knowledge import articles as knowledge_articles
from desk.domain.knowledge import skeleton
from desk.domain.knowledge.slugs import slug_of
from desk.domain.model.article import Article, Topic, base_of
from desk.errors import NotFound, Refused, UsageFault
from desk.queries import knowledge
from desk.text import _
from desk.view.model import Done

TYPES = click.Choice(knowledge_articles.TYPES)
COPIED = ("topic", "type", "service", "problem", "tags")
"""What a translation has in common with the article."""


@leaf.leaf(
    "create",
    example='desk kb create --topic faq --title "How do I get my summary?" --type faq\n'
    'desk kb create --translation-of which-countries --language de --title "Welche Länder?"',
)
@click.option("--title", metavar="T", required=True, help="The question or the symptom, in the reader's words.")
@click.option("--topic", metavar="T", shell_complete=arguments.complete_topic, help="The topic it belongs to.")
@click.option(
    "--type",
    "type_",
    type=TYPES,
    metavar="TYPE",
    cls=SpokenOption,
    help=_("{types}; how-to by default.", types=", ".join(knowledge_articles.TYPES)),
)
@click.option("--slug", metavar="S", help="Its name; by default made from the title, Greek in Latin letters.")
@click.option("--language", metavar="L", shell_complete=complete.complete_language, help="Language of the text.")
@click.option(
    "--translation-of", metavar="SLUG", shell_complete=arguments.complete_article, help="Another language of it."
)
@click.option(
    "--tag", "tags", metavar="T", multiple=True, shell_complete=complete.complete_tag, help="A tag; repeatable."
)
@click.option("--keyword", "keywords", metavar="W", multiple=True, help="Another word people search for; repeatable.")
@click.option("--service", metavar="S", help="The affected service.")
@editor.body_options("The text, in Markdown; without it, an editor opens with a skeleton.")
def create(app: App, translation_of: str | None, body: str | None, file: str | None, **options: Any) -> Done:
    """Write an article. It begins as a draft, which readers don't see before desk kb publish. Level 2.

    Without --body or --file a terminal opens your editor; elsewhere the skeleton is the draft, to be edited as a file.
    """
    with editor.keep_text(app, "kb-create"):
        text = editor.given_text(app, body, file)
        values = _translation(app, translation_of, options) if translation_of else _fresh(app, options)
        start = _article(app, values, text)
        _check_first(app, start)
        if text is None and editor.interactive(app):
            return editor.edit(
                app,
                f"kb-{start.id}",
                form.new_article(start),
                lambda whole: _create(app, form.read_article(whole, start)),
            )
        return _create(app, start)


def _fresh(app: App, options: dict[str, Any]) -> dict[str, Any]:
    if not options["topic"]:
        raise UsageFault(_("an article needs a topic"), _("--topic T; desk kb topic list shows what there is"))
    slug = options["slug"] or slug_of(options["title"])
    if not slug:
        raise UsageFault(_("no name can be made from this title"), _("--slug some-name"))
    if "." in slug:
        raise UsageFault(
            _("a name has no dot: what follows one is a language"), _("--translation-of SLUG --language L")
        )
    return {"id": normalise_id(slug), "topic": normalise_id(options["topic"]), **_common(app, options)}


def _common(app: App, options: dict[str, Any]) -> dict[str, Any]:
    language = identifiers.require_listed(app, "desk.languages", options["language"]) or app.config["desk.languages"][0]
    given = {
        "title": options["title"],
        "type": options["type_"],
        "language": language,
        "service": options["service"],
        "tags": list(options["tags"]) or None,
        "keywords": list(options["keywords"]) or None,
    }
    return {n: v for n, v in given.items() if v is not None}


def _translation(app: App, of: str, options: dict[str, Any]) -> dict[str, Any]:
    for name in ("topic", "slug"):
        if options[name]:
            raise UsageFault(
                _("--{name} can't be used with --translation-of", name=name), _("a translation lies beside its article")
            )
    if not options["language"]:
        raise UsageFault(_("a translation needs a language"), _("--language L"))
    values = _common(app, options)
    base = base_of(normalise_id(of))
    known = app.store.ask(lambda index: knowledge.article_ids(index, base))
    if not known:
        raise app.store.missing("article", of)
    article = app.store.read("article", base if base in known else known[0])
    if not isinstance(article, Article):
        raise NotFound(_("{of} is not an article", of=of))
    if values["language"] == article.language:
        raise Refused(
            _("{article} is in {language} already", article=article.id, language=article.language),
            _("see: desk kb show {article}", article=article.id),
        )
    shared = {n: article.values[n] for n in COPIED if n in article.values}
    return {**shared, **values, "id": f"{base}.{values['language']}"}


def _article(app: App, values: dict[str, Any], text: str | None) -> Article:
    type_ = str(values.get("type") or Article.FIELDS["type"].default)
    body = skeleton.body(type_, values["language"]) if text is None else text.strip("\n")
    author = app.me()
    return identifiers.checked_values(lambda: Article.new(**values, author=author, body=body))  # type: ignore[no-any-return]


def _check_first(app: App, article: Article) -> None:
    """Before somebody starts to write: whether they may, and whether there is room. The commit asks again."""
    identifiers.require_existing(app, Topic.kind, article.topic)
    for tag in article.tags:
        identifiers.require_existing(app, "tag", tag)
    articles.require_articles(app)
    app.store.ask(lambda index: articles.require_free(index, article))


def _create(app: App, article: Article) -> Done:
    done = told.answer_articles(articles.create(app, article), several=False)
    return done._replace(
        lines=(_("{article}  created as a draft in {path}", article=article.id, path=article.path), *_next(article))
    )


def _next(article: Article) -> list[str]:
    open_ = next(skeleton.gaps(article.body), None)
    return (
        [_("Fill it in: desk kb edit {article}, or in any editor; then: desk kb publish {article}", article=article.id)]
        if open_
        else []
    )
