"""Tags and filters for Ponte's templates: ``{% load ponte %}``."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zlib import crc32

from django import template
from django.template import Context
from django.template.base import Node, Parser, Token
from django.template.defaulttags import URLNode, url
from django.template.loader import get_template
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ponte.core.tenancy.urls import public_reverse
from ponte.ui.assets import asset_url
from ponte.ui.icons import icon_svg
from ponte.ui.shell import Link

register = template.Library()

TONES = ("blue", "purple", "pink", "orange", "yellow", "green", "accent", "red")
SMALL_WORDS = {"da", "de", "do", "das", "dos", "e", "di", "du", "&"}


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """``{% icon "users" %}`` · ``{% icon "users" "icon-sm" %}`` · ``{% icon "alert-circle" label=_("Late") %}``."""
    return icon_svg(str(name), str(css), str(label))


@register.simple_tag
def asset(name: str) -> str:
    """URL of a built front-end file: ``{% asset "app.js" %}``."""
    return asset_url(name)


@lru_cache(maxsize=64)
def _fixed_part(name: str, language: str) -> SafeString:
    return mark_safe(get_template(name).render())


@register.simple_tag
def fixed(name: str) -> SafeString:
    """Include a template that is the same for everybody but for its language; made once and kept.

    Its template sees no context: no request, no member.
    """
    return _fixed_part(name, get_language() or "")


@register.simple_tag
def side_links(links: Iterable[Link]) -> SafeString:
    """Entries of the sidebar. Written here, not in a template: they stand on every page."""
    return mark_safe("".join(f"<li>{_side_link(link)}</li>" for link in links))


def _side_link(link: Link) -> str:
    current = ' aria-current="page"' if link.current else ""
    shortcut = f' data-shortcut="{escape(link.shortcut)}"' if link.shortcut else ""
    count = f'<span class="badge badge-count">{link.count}</span>' if link.count else ""
    return (
        f'<a class="side-link" href="{escape(link.url)}"{current}{shortcut}>{icon_svg(link.icon)}'
        f'<span class="label">{escape(link.label)}</span>{count}</a>'
    )


@register.simple_tag
def menu_links(links: Iterable[Link], shortcuts: bool = True) -> SafeString:
    """Entries of a menu of the shell, with their shortcuts where there is a keyboard."""
    return mark_safe("".join(_menu_link(link, shortcuts) for link in links))


def _menu_link(link: Link, shortcuts: bool) -> str:
    dialog = " data-dialog" if link.dialog else ""
    keys = f"<kbd>{escape(link.shortcut)}</kbd>" if shortcuts and link.shortcut else ""
    return (
        f'<a class="menu-item" role="menuitem" href="{escape(link.url)}"{dialog}>{icon_svg(link.icon)}'
        f"{escape(link.label)}{keys}</a>"
    )


@register.simple_tag
def select_options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """The options of a ``<select>``: Django's own template includes two others for each of them."""
    parts = []
    for label, options, _index in groups:
        shown = "".join(_option(option) for option in options)
        parts.append(f'<optgroup label="{escape(label)}">{shown}</optgroup>' if label else shown)
    return mark_safe("".join(parts))


def _option(option: dict[str, Any]) -> str:
    attributes = "".join(
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in option["attrs"].items()
        if value is not False
    )
    return f'<option value="{escape(option["value"])}"{attributes}>{escape(option["label"])}</option>'


@register.filter
def initials(name: object) -> str:
    """First and last initial of a name ("Ana Maria da Silva" → "AS"), or one letter."""
    words = [
        word for word in str(name or "").split() if word.lower() not in SMALL_WORDS and word[0].isalnum()
    ]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else words[0][0].upper()


@register.filter
def tone_of(value: object) -> str:
    """A steady tone for a name or id, for avatars and tags: the same value always has the same colour."""
    return TONES[crc32(str(value).encode()) % len(TONES)]


@register.simple_tag
def avatar(name: object, css: str = "", square: bool = False) -> SafeString:
    """Initials in a coloured circle (a square for companies); cheap enough for rows of tables."""
    shape = " avatar-square" if square else ""
    return format_html(
        '<span class="avatar{} tone-{}{}" aria-hidden="true">{}</span>',
        shape,
        tone_of(name),
        f" {css}" if css else "",
        initials(name),
    )


@register.filter
def ago(value: object) -> SafeString | str:
    """A time as ``<time>`` whose words the browser keeps current ("há 5 minutos"); the title tells it exactly."""
    if not isinstance(value, datetime | date):
        return ""
    if not isinstance(value, datetime):
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(), date_format(value, "SHORT_DATE_FORMAT")
        )
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    exact = date_format(local, "SHORT_DATETIME_FORMAT")
    shown = date_format(local, "H:i") if _is_today(local) else date_format(local, "SHORT_DATE_FORMAT")
    return format_html(
        '<time data-ago datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, shown
    )


def _is_today(moment: datetime) -> bool:
    now = timezone.localtime() if timezone.is_aware(moment) else datetime.now()
    return timedelta(0) <= now - moment < timedelta(days=1) and now.date() == moment.date()


@register.filter
def is_empty(value: object) -> bool:
    """True for None, empty text and empty collections; zero and False are values."""
    return value is None or value == "" or value == [] or value == () or value == {}


MARK = format_html(
    '<svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6.5" fill="{}"/>'
    '<path d="M4 15.5h16M8 15.5V7.2M16 15.5V7.2M4 12.6c2.2-.8 3.4-2.6 4-5 .9 3.4 2.2 4.9 4 4.9s3.1-1.5 4-4.9'
    'c.6 2.4 1.8 4.2 4 5" fill="none" stroke="#fff" stroke-width="1.7" stroke-linecap="round"'
    ' stroke-linejoin="round"/></svg>',
    "currentColor",
)
TOAST_ICONS = {
    "success": "circle-check",
    "info": "info-circle",
    "warning": "alert-triangle",
    "error": "alert-circle",
}


@register.simple_tag
def brand_mark() -> SafeString:
    """Ponte's mark."""
    return MARK


@register.simple_tag
def static_url(path: str) -> str:
    """URL of a static file, without loading Django's ``static`` library."""
    return static(path)


_addresses: dict[tuple[object, ...], str] = {}
MOST_ADDRESSES = 5000
_PLACES = [str(UUID(int=0xFFFF_FFFF_FFFF_4FFF_8FFF_0000_0000_0000 + place)) for place in range(4)]


class KeptURLNode(URLNode):
    """``{% url %}``, looked up once for each workspace: ids, which stand in addresses as they are, are put in afterwards."""

    def render(self, context: Context) -> str:
        """Return the address, or put it into the context under the name after ``as``."""
        if self.asvar or self.kwargs or len(self.args) > len(_PLACES):
            return str(super().render(context))
        args = [each.resolve(context) for each in self.args]
        if not all(type(each) is UUID or (type(each) is str and len(each) < 40) for each in args):
            return str(super().render(context))
        shape = [_PLACES[place] if type(each) is UUID else each for place, each in enumerate(args)]
        name = self.view_name.resolve(context)
        key = (get_script_prefix(), get_urlconf(), name, *shape)
        address = _addresses.get(key)
        if address is None:
            if len(_addresses) >= MOST_ADDRESSES:
                _addresses.clear()
            address = _addresses[key] = str(escape(reverse(name, args=shape)))
        for place, each in enumerate(args):
            if type(each) is UUID:
                address = address.replace(_PLACES[place], str(each))
        return address


@register.tag("url")
def kept_url(parser: Parser, token: Token) -> KeptURLNode:
    """Django's own ``{% url %}`` with a memory: a page asks for the same thirty addresses each time."""
    made = url(parser, token)
    return KeptURLNode(made.view_name, made.args, made.kwargs, made.asvar)


class KeptTranslateNode(Node):
    """``{% translate "a literal" %}``, looked up once for each language."""

    def __init__(self, inner: TranslateNode) -> None:
        self.inner = inner
        self.kept: dict[tuple[str | None, bool], Any] = {}

    def render(self, context: Context) -> str:
        """Return the text, or put it into the context under the name after ``as``."""
        key = (get_language(), context.autoescape)
        text = self.kept.get(key)
        if text is None:
            text = self.inner.render(context)
            text = self.kept[key] = context[self.inner.asvar] if self.inner.asvar else text
        if self.inner.asvar:
            context[self.inner.asvar] = text
            return ""
        return str(text)


@register.tag("translate")
def kept_translate(parser: Parser, token: Token) -> Node:
    """Django's own ``{% translate %}`` with a memory for literals; a page asks for some hundred of them."""
    node: TranslateNode = do_translate(parser, token)
    expression = node.filter_expression
    is_literal = expression.var.literal is not None and not expression.filters
    return KeptTranslateNode(node) if is_literal and not node.message_context else node


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString | str:
    """``data-bs-theme`` for ``<html>`` when the person chose light or dark (cookie ``ponte_theme``)."""
    request = context.get("request")
    chosen = request.COOKIES.get("ponte_theme", "") if request is not None else ""
    return format_html('data-bs-theme="{}"', chosen) if chosen in {"light", "dark"} else ""


@register.simple_tag
def public_url(name: str, *args: object, **kwargs: object) -> str:
    """Address of a page outside any workspace: ``{% public_url "account_logout" %}``."""
    return public_reverse(name, *args, **kwargs)


@register.filter
def toast_icon(level: object) -> str:
    """Icon of a message level."""
    return TOAST_ICONS.get(str(level), "info-circle")


@register.filter
def words(text: str) -> list[str]:
    """Split a literal into a list, for loops over a few fixed words."""
    return text.split()


@register.filter
def times(number: object) -> range:
    """``{% for _ in "3"|times %}``."""
    return range(int(str(number)))
