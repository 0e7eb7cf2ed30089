"""What looks wrong in rows of customers and comes in all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ponte.core.brazil.postal import format_cep
from ponte.directory.standards.addresses import contradicted_by_cep, proper_cep, proper_uf
from ponte.workplace.importing import Problem


def place_warnings(values: Mapping[str, Any]) -> Sequence[Problem]:
    """Return a warning where a row's CEP lies in another state than the one it names."""
    code, state = str(values.get("postal_code") or ""), str(values.get("state") or "")
    if not code or not state or values.get("country", "BR") != "BR":
        return ()
    code, state = proper_cep(code), proper_uf(state, code)
    true = contradicted_by_cep(code, state)
    if not true:
        return ()
    message = _(
        "%(cep)s is a CEP of %(true)s; the row says %(state)s. It comes in and is shown under data quality."
    ) % {
        "cep": format_cep(code),
        "true": true,
        "state": state,
    }
    return (Problem("state", "cep_state", message),)
