"""What the API of forms takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from ponte.apikit.schemas import In, Moment, Out
from ponte.sales.form_fields import MOST_FIELDS, MOST_OPTIONS
from ponte.sales.models import HeldBecause, Origin, PostState

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class ShownOut(Schema):
    """When a field is asked: `field` has this answer, or any where `value` is empty."""

    field: str
    value: str = ""


class FormOptionOut(Schema):
    """One answer to choose."""

    value: str
    label: str


class FormFieldOut(Schema):
    """One field of a form; `key` names its input."""

    key: str
    type: str
    label: str
    help: str = ""
    required: bool = False
    options: list[FormOptionOut] = []
    shown: ShownOut | None = None
    custom: str = Field("", description="`person:size` for a custom field.")


class FormConsentOut(Schema):
    """What people may agree to with a form, and the words they read: the newest version of the purpose in the form's language."""

    purpose: str
    channels: list[str]
    required: bool = False
    words: str = ""
    words_version: int | None = None


class FormOut(Out):
    """A form people without an account fill in. `url` is its page, `script_url` puts it into another site."""

    id: UUID
    public_id: str
    name: str
    title: str
    intro: str
    button: str
    language: str
    fields: list[FormFieldOut]
    consents: list[FormConsentOut]
    thanks: str
    redirect_url: str
    double_opt_in: bool
    origin: str
    owner_id: UUID | None
    least_seconds: int
    most_per_hour: int
    is_active: bool
    url: str
    script_url: str
    created_at: datetime
    updated_at: datetime
    version: int


class ShownIn(In):
    """When a field is asked: the field above it with this key has this answer, or any where `value` is left out."""

    field: Key
    value: Annotated[str, StringConstraints(max_length=500)] = ""


class FormFieldIn(In):
    """One field. `type` is one of the catalogue (`GET /forms/catalogue`) or `custom` with `custom` naming the custom field.

    `key` may be left out: fields of the catalogue are called like their type, questions after their label.
    """

    type: Annotated[str, StringConstraints(max_length=20)]
    key: Key | Literal[""] = ""
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    help: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    required: bool = False
    options: list[Option] = Field([], max_length=MOST_OPTIONS, description="Of questions to choose in.")
    shown: ShownIn | None = None
    custom: Annotated[str, StringConstraints(max_length=120)] = ""


class FormConsentIn(In):
    """A purpose people may agree to, and for which channels; its words are kept in the version of now."""

    purpose: Annotated[str, StringConstraints(max_length=40)]
    channels: list[Annotated[str, StringConstraints(max_length=20)]] = Field(min_length=1, max_length=20)
    required: bool = False


class FormFields(In):
    """What a form is made of."""

    title: Annotated[str, StringConstraints(max_length=200)] = ""
    intro: Text = ""
    button: Annotated[str, StringConstraints(max_length=60)] = ""
    language: Literal["pt-br", "en"] = "pt-br"
    consents: list[FormConsentIn] = Field([], max_length=50)
    thanks: Text = ""
    redirect_url: Annotated[str, StringConstraints(max_length=500)] = ""
    double_opt_in: bool = False
    origin: Origin | Literal[""] = Field("", description="Empty: told by the visit.")
    owner_id: UUID | None = Field(None, description="Null: the distribution decides.")
    least_seconds: int = Field(2, ge=0, le=60)
    most_per_hour: int = Field(30, ge=1, le=100_000)
    is_active: bool = Field(True, description="Whether the form takes answers.")


class FormIn(FormFields):
    """A form to make."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    fields: list[FormFieldIn] = Field(min_length=1, max_length=MOST_FIELDS)


class FormPatch(FormFields):
    """What to change; only what is sent is changed. `fields` and `consents` are replaced whole."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    fields: list[FormFieldIn] = Field([], max_length=MOST_FIELDS)


class FieldTypeOut(Schema):
    """One kind of field a form may have."""

    type: str
    label: str
    input: str
    custom: str = ""
    takes_options: bool = False
    repeatable: bool = Field(False, description="Whether a form may have it more than once.")


class CatalogueOut(Schema):
    """Every kind of field a form may have now, custom fields of the workspace included."""

    items: list[FieldTypeOut]


class PostFilters(Schema):
    """Which posts."""

    state: PostState | None = Field(
        None, description="`held`: as suspicious, waiting for somebody to decide."
    )
    created_since: Moment | None = None


class PostOut(Out):
    """What somebody sent through a form. `elapsed` is how many seconds the page was open, null where nobody knows."""

    rights_object: ClassVar[str] = "lead"
    rights_fields: ClassVar[dict[str, str]] = {"values": "typed"}

    id: UUID
    form_id: UUID
    state: PostState
    held_because: HeldBecause | Literal[""]
    values: dict[str, str | list[str]]
    consents: list[str] = Field(description="Purposes that were agreed to.")
    marks: dict[str, str]
    elapsed: float | None
    lead_id: UUID | None = Field(description="The lead it became, where the token's member may see it.")
    written_at: datetime
    confirmed_at: datetime | None
    created_at: datetime
