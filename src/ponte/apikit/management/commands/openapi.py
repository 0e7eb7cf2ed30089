"""``ponte manage openapi``: writes or checks the committed copy of the API's schema."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from ponte.apikit.api import PonteApi


def schema_text(api: PonteApi) -> str:
    """Return the OpenAPI document as it is committed: sorted, indented, ending in a newline."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(dict(schema), default=str, option=options).decode()


class Command(BaseCommand):
    """Writes docs/openapi.json, or fails with a diff when it is out of date."""

    help = "Write the OpenAPI document to FILE, or compare with --check."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=Path("docs/openapi.json"))
        parser.add_argument("--check", action="store_true", help="Fail when FILE differs; write nothing.")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        text = schema_text(import_string(settings.PONTE_API))
        if not check:
            file.write_text(text)
            self.stdout.write(f"{file} written")
            return
        committed = file.read_text() if file.exists() else ""
        if committed != text:
            diff = difflib.unified_diff(
                committed.splitlines(), text.splitlines(), "committed", "now", lineterm="", n=1
            )
            raise CommandError(
                "\n".join([f"{file} is out of date; run: ponte manage openapi", *list(diff)[:60]])
            )
