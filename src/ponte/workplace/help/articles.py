"""Articles of help: one Markdown file for each language, shown beside the page they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

LANGUAGES = ("pt-br", "en")
TEXTS = Path(__file__).parent / "texts"
_PLACE = re.compile(r'href="ponte:([a-z_:]+)"')


@dataclass(frozen=True)
class HelpArticle:
    """One article.

    Attributes:
        key: stable name, in its address and the name of its files, ``<folder>/<language>/<key>.md``.
        contexts: pages it is about, by what they tell in ``data-page-context``; ``"list"`` stands for every list.
        folder: where its texts are. Links to pages are written ``[…](ponte:directory:people)``.
    """

    key: str
    title: str | Promise
    icon: str
    contexts: frozenset[str] = frozenset()
    order: int = 100
    visible: Visible = everyone
    folder: Path = TEXTS

    def html(self) -> SafeString:
        """Return the text in the reader's language, its links leading into the open workspace."""
        language = get_language() or LANGUAGES[0]
        text = _rendered(
            self.folder / (language if language in LANGUAGES else LANGUAGES[0]) / f"{self.key}.md"
        )
        return mark_safe(_PLACE.sub(lambda found: f'href="{reverse(found.group(1))}"', text))


articles: Registry[HelpArticle] = Registry()


def register_article(article: HelpArticle) -> None:
    """Add an article; its text must be there in every language."""
    articles.register(article)


def articles_for(member: Member) -> list[HelpArticle]:
    """Return the articles about what ``member`` can use, in order."""
    return [article for article in articles if article.visible(member)]


def article_for_page(member: Member, context: str) -> HelpArticle | None:
    """Return the article about a page, None when there is none: the page's own before one about its kind."""
    found = articles_for(member)
    for wanted in (context, context.partition(":")[0]):
        for article in found:
            if wanted and wanted in article.contexts:
                return article
    return None


@lru_cache(maxsize=200)
def _rendered(file: Path) -> str:
    # the texts are ours; raw HTML stays off all the same
    text: str = MarkdownIt("commonmark", {"html": False}).render(file.read_text(encoding="utf-8"))
    return text
