"""Models keep the walls: foreign keys, signals, table-writing code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

SOURCE = Path(__file__).resolve().parents[2] / "src" / "ponte"
# lower number, lower layer; foreign keys may point down or stay inside
LAYERS = {
    "core": 0, "apikit": 1, "workplace": 2, "directory": 3, "privacy": 4, "timeline": 5, "commerce": 6, "sales": 7,
}  # fmt: skip
TENANT_MODELS = [
    m for label in sorted(settings.TENANT_LABELS) for m in apps.get_app_config(label).get_models()
]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda m: m._meta.label)
def test_foreign_keys_obey_the_layers(model):
    own = LAYERS[model._meta.app_label]
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model:
            target = field.related_model._meta.app_label
            assert target in LAYERS, f"{model.__name__}.{field.name} points at a shared table"
            assert LAYERS[target] <= own, f"{model.__name__}.{field.name} points up to {target}"


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda m: m._meta.label)
def test_every_model_says_what_it_is(model):
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}("), f"{model.__name__} has no docstring"


def _sources() -> list[Path]:
    return [p for p in SOURCE.rglob("*.py") if not {"migrations", "tests"} & set(p.parts)]


def test_there_are_no_model_signals():
    words = ("post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed", "class_prepared")
    guilty = [str(p) for p in _sources() if any(word in p.read_text() for word in words)]
    assert not guilty


def test_modules_are_named_for_what_they_do():
    vague = {"utils.py", "helpers.py", "misc.py", "common.py"}
    assert not [str(p) for p in SOURCE.rglob("*.py") if p.name in vague]


# Every place that switches the search path by other means than workspace_scope, and why it may.
SWITCHERS = {
    "core/tenancy/scope.py": "workspace_scope itself",
    "core/tenancy/schemas.py": "migrations, on the owner's direct connection",
}


def test_only_the_scope_switches_schemas():
    found = {
        str(p.relative_to(SOURCE))
        for p in _sources()
        if "search_path" in p.read_text() and not str(p.relative_to(SOURCE)).startswith("cli/")
        and _uses_outside_docstrings(p, "search_path")
    }  # fmt: skip
    assert found == set(SWITCHERS)


def _uses_outside_docstrings(path: Path, word: str) -> bool:
    tree = ast.parse(path.read_text())
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return any(
        (isinstance(node, ast.keyword) and node.arg == word)
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and word in node.value
            and id(node) not in docs
        )
        for node in ast.walk(tree)
    )


def test_event_handlers_have_unique_names_and_known_events():
    from ponte.core.subscriptions import _by_event, _names
    from ponte.events.base import event_type

    assert _names
    assert not [name for name in _by_event if name != "*" and event_type(name) is None]
