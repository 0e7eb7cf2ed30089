"""Strings are found in Python and templates, survive merging, and what is not translated is said."""

from __future__ import annotations

from gettext import GNUTranslations
from pathlib import Path

import pytest

from ponte.ui import catalogues

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
_("Save")
ngettext("%(n)s day", "%(n)s days", 3)
pgettext("verb", "Order")
_("Two "
  "parts")
"""
TEMPLATE = """
<c-button :label="_('Dynamic attribute')" title="{% translate 'Title' %}" class="{% if x %}a{% endif %}">
{{ _("Variable") }} don't (really {% translate "50% of" as part %}
{% blocktranslate count n=rows|length trimmed with a=b %}
  One row {{ a }}
{% plural %}
  {{ n }} rows (x)
{% endblocktranslate %} {% translate "May" context "month" %}{% include "b" with t=_("Included") %}
"""
EXPECTED = {
    ("", "Save"), ("", "%(n)s day"), ("verb", "Order"), ("", "Two parts"), ("", "Dynamic attribute"), ("", "Title"),
    ("", "Variable"), ("", "50%% of"), ("", "One row %(a)s"), ("month", "May"), ("", "Included"),
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Path:
    directory = tmp_path / "shop"
    (directory / "templates" / "shop").mkdir(parents=True)
    (directory / "tests").mkdir()
    (directory / "labels.py").write_text(PYTHON, encoding="utf-8")
    (directory / "templates" / "shop" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (directory / "tests" / "test_x.py").write_text('_("Not for people")', encoding="utf-8")
    return directory


def brought_up_to_date(app: Path) -> Path:
    path = catalogues.catalogue_path(app)
    catalogues.write(path, catalogues.merge(path, catalogues.extract(app, root=app, others=[app])))
    return path


def test_every_string_is_found(app: Path) -> None:
    template = catalogues.extract(app, root=app, others=[app])
    assert {catalogues.key_of(message) for message in template if message.id} == EXPECTED


def test_problems_are_told_until_all_is_translated(app: Path) -> None:
    template = catalogues.extract(app, root=app, others=[app])
    path = catalogues.catalogue_path(app)
    assert len(list(catalogues.problems(path, template))) == len(EXPECTED)
    brought_up_to_date(app)
    assert all(line.startswith("untranslated") for line in catalogues.problems(path, template))
    catalogue = catalogues.read(path)
    for message in catalogue:
        if message.id:
            message.string = message.id if isinstance(message.id, str) else tuple(message.id)
    catalogues.write(path, catalogue)
    assert list(catalogues.problems(path, template)) == []
    catalogue["%(n)s day"].string = ("%(n)s dia", "%(m)s dias")
    catalogues.write(path, catalogue)
    assert ["%(m)s" in line for line in catalogues.problems(path, template)] == [True]


def test_merging_keeps_and_revives_translations(app: Path) -> None:
    path = brought_up_to_date(app)
    catalogue = catalogues.read(path)
    catalogue["Save"].string = "Salvar"
    catalogues.write(path, catalogue)
    (app / "labels.py").write_text('_("Other")', encoding="utf-8")
    brought_up_to_date(app)
    assert catalogues.read(path).get("Save") is None
    (app / "labels.py").write_text(PYTHON, encoding="utf-8")
    brought_up_to_date(app)
    again = catalogues.read(path)["Save"]
    assert again.string == "Salvar"
    before = path.read_text(encoding="utf-8")
    brought_up_to_date(app)
    assert path.read_text(encoding="utf-8") == before


def test_compiled_catalogue_translates(app: Path) -> None:
    path = brought_up_to_date(app)
    catalogue = catalogues.read(path)
    catalogue["Save"].string = "Salvar"
    catalogue["%(n)s day"].string = ("%(n)s dia", "%(n)s dias")
    catalogues.write(path, catalogue)
    with catalogues.compile_catalogue(path).open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.gettext("Save") == "Salvar"
    assert compiled.ngettext("%(n)s day", "%(n)s days", 0) == "%(n)s dias"  # as Brazilians say it
    assert compiled.ngettext("%(n)s day", "%(n)s days", 1) == "%(n)s dia"
    assert compiled.ngettext("%(n)s day", "%(n)s days", 2) == "%(n)s dias"
