"""Text of interactions: limits, sanitising of HTML from outside, plain text out of HTML."""

import html
import re

import nh3
from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem

MAX_BODY_CHARS = 200_000
MAX_HTML_CHARS = 1_000_000
MAX_SUBJECT_CHARS = 255
MAX_COMMENT_CHARS = 20_000

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_BREAKS = re.compile(r"<(?:br\s*/?|/p|/div|/h[1-6]|/li|/tr|/blockquote|/pre)\s*>", re.IGNORECASE)
_MANY_BREAKS = re.compile(r"\n{3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Return text that a database and a page can hold: no control characters, one kind of line end."""
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def clean_line(value: str) -> str:
    """Return text on one line."""
    return " ".join(clean_text(value).split())


def sanitise_html(value: str) -> str:
    """Return HTML from outside without scripts, styles, forms, frames, images and odd links.

    Images go too: loading one tells its sender that the page was read.
    """
    return nh3.clean(
        _CONTROL.sub("", value),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()


def html_to_text(value: str) -> str:
    """Return the words of an HTML text, with line breaks where blocks end."""
    broken = _BREAKS.sub(lambda match: match.group(0) + "\n", value)
    bare = html.unescape(nh3.clean(broken, tags=set(), attributes={}))
    lines = (line.strip() for line in clean_text(bare).split("\n"))
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip()


def too_long(field: str, value: str, limit: int) -> list[FieldProblem]:
    """Return the problem to show when a text exceeds ``limit`` characters, or nothing."""
    if len(value) <= limit:
        return []
    message = _("This text has %(length)s characters; at most %(limit)s fit. Attach it as a file instead.")
    return [
        FieldProblem(field=field, code="too_long", message=message % {"length": len(value), "limit": limit})
    ]
