"""The editor that orders and quotes share: fields of their own above, the table of lines below, read together."""

from __future__ import annotations

from typing import Any

from django import forms

from ponte.commerce.forms.lines import LineTable, uuid_or_none
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.ui.forms.problems import field_named

BLANK_LINES = 2


class DocumentEditor:
    """What the page of an editor holds. A subclass makes ``form`` and ``table``; ``party`` is the customer there is."""

    form: forms.Form
    table: LineTable

    def __init__(self, request: WorkspaceRequest, party: Party | None) -> None:
        self.request = request
        self._party = party

    def is_valid(self) -> bool:
        """Check both parts, so that every mistake is shown at once."""
        return self.form.is_valid() & self.table.is_valid()

    def show(self, refusal: Invalid) -> None:
        """Put each problem beside the field it names, in the form or in its line."""
        for problem in refusal.problems:
            if self.table.show(problem):
                continue
            name = field_named(self.form, problem.field) or problem.field.split(".")[0]
            name = name if name in self.form.fields else name.removesuffix("_id")
            self.form.add_error(name if name in self.form.fields else None, str(problem.message))

    def _party_label(self, party_id: Any) -> str:
        if self._party is not None and str(party_id) == str(self._party.id):
            return self._party.label
        key = uuid_or_none(party_id)
        party = visible_parties(self.request.member).filter(id=key).first() if key else None
        return party.label if party else ""
