"""Charts as SVG, with pygal, which is imported here alone: no script, no font, nothing from elsewhere, the same bytes
for the same numbers.
"""

from __future__ import annotations

import re
import sys
from html import escape

import pygal
from pygal.etree import etree
from pygal.style import Style

from desk.domain.figures.report import Chart
from desk.text import said

# pygal leaves a finder of the old kind for its plug-ins, at which every later import would warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
# Where lxml happens to be installed, pygal would write other bytes.
etree.to_etree()

_COLORS = ("#3b82c4", "#d9692b", "#3f9d63")
"""Dark enough on white paper, light enough on a dark screen, and told apart by those who see no red or green."""
_WIDTH, _HEIGHT = 600, 220
_LONG = 6
"""A label longer than that is a name: its bar lies, so that it can be read."""
_TICKS = 10
_MANY = 15


def svg(drawn: Chart, name: str) -> str:
    """An `<svg>` with a title and a description for those who can't see it. `name` is unique in its page."""
    lying = len(max(drawn.labels, key=len, default="")) > _LONG
    kind = pygal.Line if drawn.line else pygal.HorizontalBar if lying else pygal.Bar
    many = max(len(drawn.labels) // _TICKS, 1)
    chart = kind(
        js=[], width=_WIDTH, height=max(_HEIGHT, 60 + 34 * len(drawn.labels)) if lying else _HEIGHT, style=_style(),
        disable_xml_declaration=True, show_legend=len(drawn.series) > 1, legend_at_bottom=True, legend_at_bottom_columns=3,
        legend_box_size=10, margin=6, margin_bottom=18 if len(drawn.series) > 1 else 6, range=(0, max(_top(drawn), 1)),
        max_scale=6, dots_size=2, show_dots=len(drawn.labels) < _MANY,
        value_formatter=lambda value: f"{value:g}", truncate_label=-1, truncate_legend=-1, spacing=6,
        x_labels_major_every=None if lying else many, show_minor_x_labels=lying, order_min=0,
    )  # fmt: skip
    chart.uuid = name
    # A lying chart is drawn from below.
    labels = [said(label) for label in (reversed(drawn.labels) if lying else drawn.labels)]
    chart.x_labels = labels
    for series, values in drawn.series.items():
        chart.add(said(series), list(reversed(values)) if lying else list(values))
    return _said(chart.render(is_unicode=True), drawn, name)


def _top(drawn: Chart) -> float:
    return max((value or 0 for values in drawn.series.values() for value in values), default=0)


def _style() -> Style:
    return Style(
        background="transparent", plot_background="transparent", foreground="currentColor", foreground_strong="currentColor",
        foreground_subtle="currentColor", colors=_COLORS, font_family="inherit", opacity=".9", opacity_hover="1",
        label_font_size=11, major_label_font_size=11, legend_font_size=12, guide_stroke_dasharray="2,4",
        major_guide_stroke_dasharray="2,4",
    )  # fmt: skip


def _said(text: str, drawn: Chart, name: str) -> str:
    """Without comments, one of which has the date, and settings for a script; with what a screen reader says."""
    text = re.sub(r"<!--.*?-->|<script.*?</script>", "", text, flags=re.DOTALL)
    text = re.sub(r"<title>.*?</title>", "", text, count=1, flags=re.DOTALL)
    told = "; ".join(f"{said(series)}: {', '.join(_pairs(drawn, values))}" for series, values in drawn.series.items())
    head = f'<title id="{name}-t">{escape(said(drawn.title))}</title><desc id="{name}-d">{escape(told)}</desc>'
    text = text.replace("<svg ", f'<svg role="img" aria-labelledby="{name}-t {name}-d" ', 1)
    return re.sub(r"(<svg [^>]*>)", lambda found: found[1] + head, text, count=1)


def _pairs(drawn: Chart, values: object) -> list[str]:
    return [f"{said(label)} {value or 0:g}" for label, value in zip(drawn.labels, values, strict=False)]  # type: ignore[call-overload]
