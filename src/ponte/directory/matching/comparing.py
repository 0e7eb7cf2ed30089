"""Comparing two customers feature by feature. Each answer is a level of ``weights``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from ponte.directory.matching.names import Name
from ponte.directory.matching.profiles import Profile, locals_of, personal_emails

CLOSE = 0.92  # Jaro-Winkler similarity of two words that are one word mistyped
CLOSE_EMAIL = 0.93


def compare_people(one: Profile, other: Profile) -> dict[str, str]:
    """Return the level of each feature two people can be compared by; unknown ones are left out."""
    levels = _contacts(one, other)
    if one.name.words and other.name.words:
        levels["name"] = name_level(one.name, other.name)
        generation = _generation(one.name, other.name)
        if generation:
            levels["generation"] = generation
    if one.birthday and other.birthday:
        levels["birthday"] = _birthday(one.birthday, other.birthday)
    return levels


def compare_companies(one: Profile, other: Profile) -> dict[str, str]:
    """Return the level of each feature two companies can be compared by."""
    levels = _contacts(one, other)
    if (
        one.document
        and other.document
        and one.document != other.document
        and one.document[:8] == other.document[:8]
    ):
        levels["document"] = "branch"
    pairs = [(a, b) for a in one.names for b in other.names if a.words and b.words]
    if pairs:
        found = {_company_name(a, b) for a, b in pairs}
        levels["name"] = next(level for level in ("exact", "close", "different") if level in found)
    if one.domain and other.domain:
        levels["domain"] = "same" if one.domain == other.domain else "differs"
    return levels


def _contacts(one: Profile, other: Profile) -> dict[str, str]:
    levels = {}
    if one.document and other.document:
        levels["document"] = _document(one.document, other.document)
    if one.emails and other.emails:
        levels["email"] = _email(one, other)
    if one.phones and other.phones:
        levels["phone"] = "same" if one.phones & other.phones else _near_phone(one.phones, other.phones)
    if one.addresses and other.addresses and one.addresses & other.addresses:
        levels["address"] = "same"
    if one.city and other.city:
        levels["city"] = "same" if one.city == other.city else "differs"
    return levels


def name_level(one: Name, other: Name) -> str:
    """Return how alike two people's names are, "exact" to "different"."""
    a, b = one.sounds, other.sounds
    if sorted(a) == sorted(b):
        return "exact"
    if len(a) == 1 or len(b) == 1:
        return "bare" if one.calls & other.calls or _near(one.words[0], other.words[0]) else "different"
    shorter, longer = sorted((one, other), key=lambda name: len(name.sounds))
    first_same, last_same = a[0] == b[0], a[-1] == b[-1]
    if first_same and last_same and _fits_inside(shorter, longer):
        return "part"
    first_near = first_same or _near(one.words[0], other.words[0])
    last_near = last_same or _near(one.words[-1], other.words[-1])
    if first_near and last_near:
        return "close" if _fits_inside(shorter, longer) or len(a) == len(b) == 2 else "loose"
    if last_near and one.calls & other.calls:
        return "nick"
    if first_near:
        # the last names differ: one may be left out ("João Pedro Silva Souza", "João Silva")
        return "part" if set(shorter.sounds) <= set(longer.sounds) else "first_only"
    if last_near:
        return "last_only"
    return (
        "close"
        if JaroWinkler.similarity(" ".join(sorted(one.words)), " ".join(sorted(other.words))) > 0.95
        else "different"
    )


def _fits_inside(shorter: Name, longer: Name) -> bool:
    """Tell whether the middle words of the shorter name are in the longer one, initials standing for words."""
    inner = list(longer.words[1:-1])
    for word in shorter.words[1:-1]:
        found = next((w for w in inner if w == word or w[0] == word or word[0] == w or _near(w, word)), None)
        if found is None:
            return False
        inner.remove(found)
    return True


def _near(one: str, other: str) -> bool:
    return JaroWinkler.similarity(one, other) >= CLOSE and (
        min(len(one), len(other)) > 3 or DamerauLevenshtein.distance(one, other) <= 1
    )


def _generation(one: Name, other: Name) -> str:
    if not one.generation and not other.generation:
        return ""
    if one.generation == other.generation:
        return "same"
    return "differs" if one.generation and other.generation else "one"


def _birthday(one: date, other: date) -> str:
    if one == other:
        return "same"
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    apart = sum(x != y for x, y in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True))
    return "near" if swapped or apart == 1 else "differs"


def _document(one: str, other: str) -> str:
    if one == other:
        return "same"
    return "near" if DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1 else "differs"


def _email(one: Profile, other: Profile) -> str:
    if one.emails & other.emails:
        return "same" if personal_emails(one) & personal_emails(other) else "role"
    if locals_of(one) & locals_of(other):
        return "local"
    near = any(
        JaroWinkler.similarity(a, b) >= CLOSE_EMAIL and _one_slip(a, b)
        for a in one.emails
        for b in other.emails
    )
    return "near" if near else "differs"


def _one_slip(one: str, other: str) -> bool:
    return DamerauLevenshtein.distance(one, other, score_cutoff=2) <= 2


def _near_phone(one: Iterable[str], other: Iterable[str]) -> str:
    slips = any(DamerauLevenshtein.distance(a, b, score_cutoff=1) <= 1 for a in one for b in other)
    return "near" if slips else "differs"


def _company_name(one: Name, other: Name) -> str:
    if sorted(one.sounds) == sorted(other.sounds):
        return "exact"
    a, b = " ".join(one.words), " ".join(other.words)
    inside = set(one.sounds) <= set(other.sounds) or set(other.sounds) <= set(one.sounds)
    if (inside and min(len(one.sounds), len(other.sounds)) > 1) or JaroWinkler.similarity(a, b) >= 0.94:
        return "close"
    return "different"
