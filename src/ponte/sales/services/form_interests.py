"""From the answers of a form to the interest they express."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from ponte.directory.data import AddressData, CompanyData, EmailData, PartyData, PersonData, PhoneData
from ponte.directory.models import Source
from ponte.privacy.data import ConsentData
from ponte.privacy.models import GivenThrough
from ponte.sales.data import LeadData
from ponte.sales.form_fields import CUSTOM, LABELS, TYPES, Answer, FormField, read_fields
from ponte.sales.models import Form, FormPost
from ponte.sales.origins import origin_of
from ponte.sales.services.capture import NOBODY, Capture

SOURCE = "form"


def interest_of(form: Form, post: FormPost) -> Capture:
    """Return the interest a post expresses. It says who it is from; the directory decides whether that is somebody known."""
    fields = read_fields(form.fields)
    values: Mapping[str, Answer] = post.values
    lead = LeadData(
        party_id=NOBODY,
        owner_id=form.owner_id,
        title=_text(values, "title") or form.title or form.name,
        message=_text(values, "message"),
        origin=form.origin or origin_of(post.marks),
        campaign=post.marks.get("utm_campaign", ""),
        marks=post.marks,
        typed=typed_of(fields, values),
        captured_at=post.written_at,
        custom=_custom(fields, values, "lead"),
        is_demo=form.is_demo,
    )
    party = _party(fields, values, form)
    return Capture(lead=lead, party=party, form=form, custom_keeps=True)


def typed_of(fields: Sequence[FormField], values: Mapping[str, Answer]) -> dict[str, Any]:
    """Return the answers as the lead keeps them; own questions with what they were called."""
    typed: dict[str, Any] = {}
    labels: dict[str, str] = {}
    for one in fields:
        answer = values.get(one.key)
        if not answer:
            continue
        options = dict(one.options)
        if isinstance(answer, list):
            typed[one.key] = ", ".join(options.get(text, text) for text in answer)
        else:
            typed[one.key] = answer if one.key == "state" else options.get(answer, answer)
        if one.type == CUSTOM or TYPES[one.type].own:
            labels[one.key] = one.label
    if labels:
        typed[LABELS] = labels
    return typed


def _party(fields: Sequence[FormField], values: Mapping[str, Answer], form: Form) -> PartyData:
    """A post without anything of a person's own is a company's."""
    email, phone = _text(values, "email"), _text(values, "phone")
    city, state = _text(values, "city"), _text(values, "state")
    common: dict[str, Any] = {
        "emails": [EmailData(address=email)] if email else (),
        "phones": [PhoneData(number=phone)] if phone else (),
        "addresses": [AddressData(city=city, state=state)] if city or state else (),
        "source": Source.FORM,
        "source_detail": form.name[:160],
        "owner_id": form.owner_id,
        "language": form.language,
        "is_demo": form.is_demo,
    }
    own = ("name", "email", "phone", "cpf", "job_title")
    if not any(_text(values, key) for key in own):
        custom = _custom(fields, values, "company")
        name, cnpj = _text(values, "company"), _text(values, "cnpj")
        return CompanyData(name=name, cnpj=cnpj, custom=custom, **common)
    return PersonData(
        name=_text(values, "name"),
        cpf=_text(values, "cpf"),
        job_title=_text(values, "job_title"),
        custom=_custom(fields, values, "person"),
        **common,
    )


def _text(values: Mapping[str, Answer], key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else ""


def _custom(fields: Sequence[FormField], values: Mapping[str, Answer], object_name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields:
        name, _, key = one.custom.partition(":")
        if one.type == CUSTOM and name == object_name and (answer := values.get(one.key)):
            found[key] = answer
    return found


def consents_of(post: FormPost, party_id: UUID) -> Iterable[ConsentData]:
    """Return what the sender of a post agreed to, with its proof."""
    evidence = {
        "address": post.address,
        "browser": post.agent,
        "page": post.marks.get("page", ""),
        "form": post.form.name,
        "language": post.language,
        "post": str(post.id),
    }
    if post.confirmed_at:
        evidence["confirmed_at"] = post.confirmed_at.isoformat()
    for one in post.consents:
        yield ConsentData(
            party_id=party_id,
            purpose=one["purpose"],
            channels=one["channels"],
            given_through=GivenThrough.FORM,
            source=post.form.name[:160],
            text_id=UUID(one["text"]),
            evidence=evidence,
            occurred_at=post.written_at,
        )
