"""Links in articles: which they are, where they lead, how they follow a move."""

from __future__ import annotations

import pytest

from desk.checks.links import faults
from desk.domain.knowledge.links import is_relative, links, relative_link, relink_text, target

TEXT = """\
See [one](one.md) and ![pic](<my pic.png>), `[code](no.md)`.

```
[fenced](no.md)
```
[two](../b/two.md#part "title") <https://x.example> [web](https://y.example)

[ref]: three.md
"""


def test_links_are_found_outside_of_code() -> None:
    assert [(x.line, x.url, x.picture) for x in links(TEXT)] == [
        (1, "one.md", False),
        (1, "my pic.png", True),
        (6, "../b/two.md#part", False),
        (6, "https://y.example", False),
        (8, "three.md", False),
    ]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("a.md", "kb/faq/a.md"),
        ("../b/a.md#x", "kb/b/a.md"),
        ("./a%20b.png?raw=1", "kb/faq/a b.png"),
        ("../../records/staff/maria.yaml", "records/staff/maria.yaml"),
        ("../../../etc/passwd", None),
        ("/etc/passwd", None),
    ],
)
def test_where_a_link_leads(url: str, path: str | None) -> None:
    assert is_relative(url)
    assert target("kb/faq", url) == path


@pytest.mark.parametrize("url", ["https://x", "mailto:a@b", "//host/x", "#part", "javascript:alert(1)", ""])
def test_a_link_to_elsewhere_is_not_relative(url: str) -> None:
    assert not is_relative(url)


def test_links_follow_a_move() -> None:
    def change(url: str) -> str:
        return relative_link("kb/new", target("kb/faq", url) or "", url)

    text = relink_text(TEXT, change)
    assert "[one](../faq/one.md)" in text
    assert "![pic](../faq/my%20pic.png)" in text
    assert '[two](../b/two.md#part "title")' in text
    assert "`[code](no.md)`" in text
    assert "\n[fenced](no.md)\n" in text
    assert "[ref]: ../faq/three.md" in text
    assert "[web](https://y.example)" in text


def test_a_fault_names_its_line_and_what_was_meant() -> None:
    content = f"---\nid: x\ntitle: T\n---\n\n{TEXT}".encode()
    files = {"kb/faq/one.md", "kb/faq/my pic.png", "kb/b/two.md", "kb/b/three.md"}
    [fault] = faults("kb/faq/x.md", content, files, set())
    assert (fault.line, fault.hint, fault.rule) == (13, "did you mean ../b/three.md?", False)
    assert "there is no kb/faq/three.md" in fault.problem


def test_a_public_article_does_not_lead_to_a_private_one() -> None:
    content = b"---\nid: x\n---\n\n[p](../secret/p.md) [out](../../desk.toml)\n"
    files = {"kb/secret/p.md"}
    first, second = faults("kb/faq/x.md", content, files, {"secret"})
    assert first.rule
    assert "staff only" in first.problem
    assert "out of the knowledge base" in second.problem
    assert not [f for f in faults("kb/secret/x.md", content, files, {"secret"}) if f.rule]


@pytest.mark.parametrize("part", ["[", "[a](", "`", "![", "]: ", "[a]: ", "](x"])
def test_a_hostile_text_takes_linear_time(part: str) -> None:
    # Quadratic code takes minutes for this, and the run is stopped.
    text = part * 300_000
    assert isinstance(list(links(text)), list)
    assert isinstance(relink_text(text, lambda url: url + "x"), str)
