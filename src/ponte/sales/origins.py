"""Where an interest came from, told by the marks of the visit: UTM values, click ids and the page before."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from ponte.sales.models import Origin

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
CLICKS = ("gclid", "fbclid", "msclkid")
LONGEST = 300
_SEARCH = ("google.", "bing.", "duckduckgo.", "yahoo.", "ecosia.", "qwant.")
_SOCIAL = (
    "facebook.", "instagram.", "linkedin.", "lnkd.in", "twitter.", "t.co", "x.com", "tiktok.", "youtube.", "youtu.be", "pinterest.",
    "threads.",
)  # fmt: skip
_PAID = ("cpc", "ppc", "paid", "paidsearch", "paid_search", "sem", "ads")
_DISPLAY = ("display", "banner", "cpm", "native")
_SOCIAL_WORDS = (
    "facebook",
    "instagram",
    "linkedin",
    "twitter",
    "tiktok",
    "youtube",
    "pinterest",
    "fb",
    "ig",
    "social",
)
_BY_MEDIUM = {
    "email": Origin.EMAIL, "e-mail": Origin.EMAIL, "newsletter": Origin.EMAIL, "organic": Origin.ORGANIC_SEARCH,
    "social": Origin.SOCIAL, "organic_social": Origin.SOCIAL, "referral": Origin.REFERRAL, "whatsapp": Origin.WHATSAPP,
    "event": Origin.EVENT, "evento": Origin.EVENT, "feira": Origin.EVENT, "qr": Origin.EVENT, "partner": Origin.PARTNER,
    "parceiro": Origin.PARTNER,
}  # fmt: skip


def marks_of(page: str, referrer: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the marks of a visit: those given, else those in the page's own address, with page and referrer.

    Args:
        page: address of the page the form stood on. referrer: of the page before. given: names of ``UTM`` and ``CLICKS``.
    """
    try:
        asked = parse_qs(urlsplit(page).query)
    except ValueError:
        asked = {}
    marks = {}
    for name in (*UTM, *CLICKS):
        value = given.get(name) or next(iter(asked.get(name, ())), "")
        if value := clean_mark(value):
            marks[name] = value
    for name, address in (("page", page), ("referrer", referrer)):
        if address := clean_mark(address, longest=1000):
            marks[name] = address
    return marks


def clean_mark(text: str, *, longest: int = LONGEST) -> str:
    """Return one mark as it is kept."""
    return " ".join(str(text).replace("\x00", "").encode("utf-8", "ignore").decode().split())[:longest]


def origin_of(marks: Mapping[str, str]) -> str:
    """Return the origin that marks tell of; a visit without any is direct."""
    source, medium = marks.get("utm_source", "").lower(), marks.get("utm_medium", "").lower()
    is_social = any(source.startswith(word) for word in _SOCIAL_WORDS)
    if medium in _DISPLAY:
        return Origin.DISPLAY
    if medium in _PAID or "gclid" in marks or "msclkid" in marks:
        return Origin.SOCIAL if is_social else Origin.PAID_SEARCH
    if medium in _BY_MEDIUM:
        return _BY_MEDIUM[medium]
    if is_social or "fbclid" in marks:
        return Origin.SOCIAL
    if medium or source:
        return Origin.OTHER
    return _by_referrer(marks.get("referrer", ""), marks.get("page", ""))


def _by_referrer(referrer: str, page: str) -> str:
    try:
        host, own = urlsplit(referrer).hostname or "", urlsplit(page).hostname or ""
    except ValueError:
        return Origin.UNKNOWN
    host = host.removeprefix("www.")
    if not host or host == own.removeprefix("www."):
        return Origin.DIRECT
    if any(f".{host}.".find(f".{name}") >= 0 for name in _SEARCH):
        return Origin.ORGANIC_SEARCH
    if any(f".{host}.".find(f".{name}") >= 0 for name in _SOCIAL):
        return Origin.SOCIAL
    return Origin.REFERRAL
