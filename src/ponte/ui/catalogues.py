"""Translation catalogues without gettext's programs: strings are extracted, merged and compiled with Babel.

Each Django app of ours has ``locale/pt_BR/LC_MESSAGES/django.po``. Source strings are English. Templates go through
Django's own ``templatize``, so ``{% translate %}``, ``{% blocktranslate %}`` with plurals and ``_("…")`` inside tags
are found; in cotton's dynamic attributes (``:label="_('Save')"``) too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_strings
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LANGUAGE = "pt_BR"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_SKIPPED = {"migrations", "tests", "static", "locale", "node_modules", "__pycache__"}
_CALL = re.compile(r"(?<![\w.])(?:_|n?p?gettext(?:_lazy|_noop)?)\(")
_DYNAMIC_ATTRIBUTE = re.compile(r"""\s:[\w.-]+=(?:"([^"]*)"|'([^']*)')""")

Key = tuple[str, str]  # context, first form
Translation = str | tuple[str, ...] | list[str]


def catalogue_path(app: Path) -> Path:
    """Return where the catalogue of the app in directory ``app`` is kept."""
    return app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def extract(app: Path, *, root: Path, others: Iterable[Path]) -> Catalog:
    """Collect every string of an app.

    Args:
        app: directory of the app.
        root: directory that file names are noted relative to.
        others: directories of other apps, left out where they lie inside ``app``.

    Returns:
        A catalogue without translations.
    """
    catalogue = Catalog(locale=LANGUAGE, project="Ponte", charset="utf-8")
    nested = {other for other in others if other != app and app in other.parents}
    for path in sorted(_sources(app, nested)):
        noted = path.relative_to(root).as_posix()
        found = _python(path) if path.suffix == ".py" else _template(path)
        for message, comments, context in found:
            key = message if isinstance(message, str) else tuple(message[:2])
            if key and key[0]:
                catalogue.add(key, locations=[(noted, 0)], auto_comments=comments, context=context)
    return catalogue


def read(path: Path) -> Catalog:
    """Return the catalogue in ``path``; an empty one when the file does not exist."""
    if not path.exists():
        return Catalog(locale=LANGUAGE, project="Ponte", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, charset="utf-8")


def merge(path: Path, template: Catalog) -> Catalog:
    """Return the catalogue of ``path`` brought to the strings of ``template``, translations kept.

    Nothing is guessed from similar strings. Strings gone from the sources stay at the end of the file, marked
    obsolete, and come back to life with their translation.
    """
    catalogue = read(path)
    for message in template:
        key = catalogue._key_for(message.id, message.context)
        if message.id and key in catalogue.obsolete and catalogue.get(message.id, message.context) is None:
            catalogue[message.id] = catalogue.obsolete.pop(key)
    catalogue.update(template, no_fuzzy_matching=True)
    return catalogue


def write(path: Path, catalogue: Catalog) -> bool:
    """Write ``catalogue``, sorted, without dates or line numbers, so that two hands rarely clash.

    Returns:
        Whether the file changed.
    """
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=110,
        sort_output=True,
        include_lineno=False,
        omit_header=True,
        ignore_obsolete=False,
    )
    # Brazilians say “0 registros”: nothing is many (Django's own catalogue counts it as one)
    header = (
        'msgid ""\nmsgstr ""\n"Language: pt_BR\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    text = header + buffer.getvalue().decode().lstrip("\n")
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def compile_catalogue(path: Path) -> Path:
    """Write the ``.mo`` beside the ``.po`` in ``path`` and return its path."""
    target = path.with_suffix(".mo")
    buffer = io.BytesIO()
    write_mo(buffer, read(path))
    if not target.exists() or target.read_bytes() != buffer.getvalue():
        target.write_bytes(buffer.getvalue())
    return target


def compile_all(package: Path) -> list[Path]:
    """Compile every catalogue below ``package`` and return the ``.mo`` files; needs no Django settings."""
    return [compile_catalogue(path) for path in sorted(package.rglob("locale/*/LC_MESSAGES/*.po"))]


def problems(path: Path, template: Catalog) -> Iterator[str]:
    """Yield a line for each string of ``template`` that ``path`` lacks, leaves untranslated, fuzzy or broken."""
    catalogue = read(path)
    for message in template:
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        shown = repr(_first(message))
        if known is None:
            yield f"not in the catalogue: {shown} ({_where(message)})"
        elif known.fuzzy:
            yield f"fuzzy: {shown}"
        elif not _complete(known):
            yield f"untranslated: {shown} ({_where(message)})"
        else:
            yield from (f"{error}: {shown}" for error in _format_errors(known))


def borrow(catalogue: Catalog, known: dict[Key, Translation]) -> int:
    """Fill untranslated strings with the translation another of our catalogues has; return how many."""
    filled = 0
    for message in catalogue:
        if message.id and not _complete(message):
            found = known.get(key_of(message))
            if found and isinstance(found, str) == isinstance(message.id, str):
                message.string = found
                filled += 1
    return filled


def translations(catalogue: Catalog) -> dict[Key, Translation]:
    """Return the complete translations of a catalogue by context and source string."""
    return {
        key_of(message): message.string
        for message in catalogue
        if message.id and message.string and _complete(message)
    }


def key_of(message: Message) -> Key:
    """Return context and first form of a message."""
    return (message.context or "", _first(message))


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _where(message: Message) -> str:
    return message.locations[0][0] if message.locations else "?"


def _complete(message: Message) -> bool:
    forms = _forms(message)
    wanted = 1 if isinstance(message.id, str) else 2
    return len(forms) == wanted and all(forms)


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _format_errors(message: Message) -> Iterator[str]:
    """Compare the placeholders of source and translation (``%(name)s``, ``{name}``)."""
    pattern = re.compile(r"%\(\w+\)[sdifr]|\{\w*\}|%[sd](?!\w)")
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = _forms(message)
    wanted = {found for text in ids for found in pattern.findall(text)}
    for text in strings:
        strange = set(pattern.findall(text)) - wanted
        if strange:
            yield f"placeholder {sorted(strange)[0]} is not in the source"
    missing = wanted - {found for text in strings for found in pattern.findall(text)}
    if missing:
        yield f"placeholder {sorted(missing)[0]} is lost in the translation"


def _sources(app: Path, nested: set[Path]) -> Iterator[Path]:
    for path in app.rglob("*"):
        if path.suffix not in {".py", ".html", ".txt"} or _SKIPPED & set(path.relative_to(app).parts[:-1]):
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        if not nested & set(path.parents):
            yield path


Found = tuple[str | tuple[str, ...], list[str], str | None]


def _python(path: Path) -> Iterator[Found]:
    with path.open("rb") as file:
        for _line, message, comments, context in extract_strings(
            "python", file, keywords=KEYWORDS, comment_tags=["Translators:"], options={"encoding": "utf-8"}
        ):
            yield message, comments, context


def _template(path: Path) -> Iterator[Found]:
    source = path.read_text(encoding="utf-8")
    dynamic = " ".join(first or second for first, second in _DYNAMIC_ATTRIBUTE.findall(source))
    yield from _calls(templatize(source, origin=str(path)))
    yield from _calls(dynamic)


def _calls(text: str) -> Iterator[Found]:
    """Read the calls in text that is otherwise no Python, one by one."""
    for start in _CALL.finditer(text):
        call = _whole_call(text, start.start(), start.end())
        if call is None:
            continue
        file = io.BytesIO(call.encode())
        for _line, message, comments, context in extract_strings(
            "python", file, keywords=KEYWORDS, options={"encoding": "utf-8"}
        ):
            yield message, comments, context


def _whole_call(text: str, start: int, inside: int) -> str | None:
    """Return the text from ``start`` up to the bracket that closes the one before ``inside``."""
    depth, quote, position = 1, "", inside
    while position < len(text):
        letter = text[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "\"'":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if not depth:
                return text[start : position + 1]
        position += 1
    return None
