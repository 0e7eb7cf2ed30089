"""What surrounds every page: navigation, favourites, create menu, bell.

The shell cannot import the modules that fill it, so they hand it providers::

    from ponte.ui.shell import Link, Section, ShellPart, register_provider

    def navigation(request: HttpRequest) -> ShellPart: ...
    register_provider("workplace.navigation", navigation)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Link:
    """One place one can go to.

    ``icon`` is an icon name, ``shortcut`` the keys shown ("g c"), ``count`` a number beside it (0 hides it),
    ``dialog`` opens the URL in the dialog instead of a page, ``note`` is a second, quieter text.
    """

    label: str
    url: str
    icon: str = "point"
    key: str = ""
    shortcut: str = ""
    count: int = 0
    dialog: bool = False
    current: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of links in the sidebar; an empty ``label`` shows no title."""

    label: str
    links: tuple[Link, ...]


@dataclass(slots=True)
class ShellPart:
    """What one provider adds to the shell; everything is optional."""

    sections: list[Section] = field(default_factory=list)
    favourites: list[Link] = field(default_factory=list)
    create: list[Link] = field(default_factory=list)
    phone: list[Link] = field(default_factory=list)
    person: list[Link] = field(default_factory=list)
    workspaces: list[Link] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)
    unread: int = 0


Provider = Callable[[HttpRequest], "ShellPart | None"]
_providers: dict[str, Provider] = {}

PHONE_PLACES = 4


def register_provider(key: str, provider: Callable[[HttpRequest], ShellPart | None]) -> None:
    """Let ``provider`` add to the shell of every page; a second one under the same ``key`` replaces the first.

    URLs the shell knows (all optional; what has no URL is not shown): ``home``, ``search`` (a page, or the palette
    opens), ``palette`` (JSON), ``notifications`` (htmx fragment of the bell), ``notifications_page``, ``poll``
    (JSON), ``live`` (event stream), ``profile``, ``security``, ``logout``, ``settings``, ``language``, ``theme``, ``help`` (a page that takes ``?context=``).
    """
    _providers[key] = provider


def build_shell(request: HttpRequest) -> ShellPart:
    """Merge what every provider says for this request and mark the current place."""
    whole = ShellPart()
    for provider in list(_providers.values()):
        part = provider(request)
        if part is not None:
            _merge(whole, part)
    return _mark_current(whole, request.path)


def _merge(whole: ShellPart, part: ShellPart) -> None:
    whole.sections += part.sections
    whole.favourites += part.favourites
    whole.create += part.create
    whole.phone += part.phone
    whole.person += part.person
    whole.workspaces += part.workspaces
    whole.urls.update(part.urls)
    whole.unread += part.unread


def _mark_current(whole: ShellPart, path: str) -> ShellPart:
    links = [link for section in whole.sections for link in section.links]
    best = _longest_match(links + whole.favourites, path)
    whole.sections = [
        Section(section.label, tuple(_marked(section.links, best))) for section in whole.sections
    ]
    whole.favourites = _marked(whole.favourites, best)
    whole.phone = _marked((whole.phone or links)[:PHONE_PLACES], best)
    return whole


def _marked(links: Iterable[Link], url: str) -> list[Link]:
    return [replace(link, current=True) if link.url == url else link for link in links]


def _longest_match(links: Iterable[Link], path: str) -> str:
    """Return the URL of the link whose path is the longest beginning of ``path``, or ""."""
    matches = [link.url for link in links if _covers(link.url.split("?")[0], path)]
    return max(matches, key=len, default="")


def _covers(url: str, path: str) -> bool:
    if url == path:
        return True
    # The workspace's own root (`/{slug}/`) is the home page, not a beginning of everything.
    return url.count("/") > 2 and path.startswith(url if url.endswith("/") else url + "/")
