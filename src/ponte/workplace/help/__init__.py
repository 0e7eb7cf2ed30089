"""Help where one is: articles for pages, and tours that show the way on the pages themselves."""

from ponte.workplace.help.articles import (
    HelpArticle,
    article_for_page,
    articles,
    articles_for,
    register_article,
)
from ponte.workplace.help.tours import Step, Tour, register_tour, tours, tours_for

__all__ = [
    "HelpArticle",
    "Step",
    "Tour",
    "article_for_page",
    "articles",
    "articles_for",
    "register_article",
    "register_tour",
    "tours",
    "tours_for",
]
