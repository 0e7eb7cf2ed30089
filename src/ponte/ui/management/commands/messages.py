"""``ponte manage messages``: extract, merge, compile and check the translations, without gettext's programs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

import ponte
from ponte.ui import catalogues

PACKAGE = Path(ponte.__file__).resolve().parent


class Command(BaseCommand):
    """Keep ``locale/pt_BR/LC_MESSAGES/django.po`` of our apps in step with the sources."""

    help = (
        "Extracts the strings of Python and templates, merges them into each app's pt_BR catalogue and compiles it. "
        "--check changes nothing and fails on missing, untranslated, fuzzy or broken entries. --fill FILE takes "
        'translations from JSON: {"Save": "Salvar", "%(n)s day": ["%(n)s dia", "%(n)s dias"]}.'
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", metavar="app", help="labels (directory, ui …); all without")
        parser.add_argument(
            "--check", action="store_true", help="change nothing, print what is wrong, fail on any"
        )
        parser.add_argument(
            "--missing", action="store_true", help="print what is untranslated as JSON for --fill"
        )
        parser.add_argument("--fill", metavar="FILE", type=Path, help="JSON with translations to put in")

    def handle(self, *labels: str, **options: Any) -> None:
        directories = _directories()
        wanted = labels or tuple(options["apps"]) or tuple(directories)
        unknown = set(wanted) - set(directories)
        if unknown:
            raise CommandError(
                f"No such app: {', '.join(sorted(unknown))}. There are {', '.join(directories)}."
            )
        if options["check"]:
            self._check(directories, wanted)
        else:
            self._merge(directories, wanted, options["fill"], missing=options["missing"])

    def _check(self, directories: dict[str, Path], wanted: tuple[str, ...]) -> None:
        count = 0
        for label in wanted:
            template = _extract(label, directories)
            for problem in catalogues.problems(catalogues.catalogue_path(directories[label]), template):
                self.stdout.write(f"{label}: {problem}")
                count += 1
        if count:
            raise CommandError(f"{count} entries to see to: run `ponte manage messages` and translate them.")
        self.stdout.write(f"{', '.join(wanted)}: complete")

    def _merge(
        self, directories: dict[str, Path], wanted: tuple[str, ...], fill: Path | None, *, missing: bool
    ) -> None:
        given = _given(fill) if fill else {}
        known: dict[catalogues.Key, catalogues.Translation] = {}
        for directory in directories.values():
            known.update(catalogues.translations(catalogues.read(catalogues.catalogue_path(directory))))
        known.update(given)
        untranslated: dict[str, object] = {}
        for label in wanted:
            path = catalogues.catalogue_path(directories[label])
            catalogue = catalogues.merge(path, _extract(label, directories))
            _overwrite(catalogue, given)
            catalogues.borrow(catalogue, known)
            if len(catalogue) or path.exists():
                catalogues.write(path, catalogue)
                catalogues.compile_catalogue(path)
            left = {catalogues.key_of(m)[1]: m.id for m in catalogue if m.id} if missing else {}
            done = catalogues.translations(catalogue)
            untranslated.update(
                {
                    text: "" if isinstance(i, str) else ["", ""]
                    for text, i in left.items()
                    if text not in {key[1] for key in done}
                }
            )
            if not missing:
                self.stdout.write(f"{label}: {len(done)} of {len(catalogue)} translated")
        if missing:
            self.stdout.write(json.dumps(untranslated, ensure_ascii=False, indent=1))


def _directories() -> dict[str, Path]:
    """Return label → directory of the apps of this product."""
    found = {config.label: Path(config.path).resolve() for config in apps.get_app_configs()}
    return {label: path for label, path in sorted(found.items()) if PACKAGE in path.parents}


def _extract(label: str, directories: dict[str, Path]) -> Catalog:
    """Collect an app's strings; packages that are no apps (config, events …) count as core's."""
    app = directories[label]
    template = catalogues.extract(app, root=PACKAGE, others=directories.values())
    if label == "core":
        for path in sorted(PACKAGE.iterdir()):
            if path.is_dir() and path not in directories.values() and path.name != "cli":
                for message in catalogues.extract(path, root=PACKAGE, others=directories.values()):
                    if message.id:
                        template.add(message.id, locations=message.locations, context=message.context)
    return template


def _given(path: Path) -> dict[catalogues.Key, catalogues.Translation]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as JSON: {error}") from error
    return {
        ("", text): tuple(value) if isinstance(value, list) else value
        for text, value in content.items()
        if value and all(value)
    }


def _overwrite(catalogue: Catalog, given: dict[catalogues.Key, catalogues.Translation]) -> None:
    """Put given translations in, over older ones too."""
    for message in catalogue:
        found = given.get(("", catalogues.key_of(message)[1])) if message.id else None
        if found and isinstance(found, str) == isinstance(message.id, str):
            message.string = found
            message.flags.discard("fuzzy")
