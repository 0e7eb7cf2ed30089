"""Meetings from files: times, with whom and what about, what became of them; twice is once; taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ponte.core.models import StoredEvent
from ponte.directory.data import EmailData, PersonData
from ponte.directory.models import PartyFacts
from ponte.directory.services.people import create_person
from ponte.timeline.models import Interaction, Meeting
from ponte.timeline.policies import visible_meetings
from ponte.timeline.services.meetings import update_meeting
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing, preview_undo
from ponte.workplace.services.import_undo import undo_import

pytestmark = pytest.mark.usefixtures("workspace")
SP = ZoneInfo("America/Sao_Paulo")
HEAD = "ID da reunião;Assunto;E-mail do cliente;ID da oportunidade;Início;Hora;Duração;Status;Responsável;Local;Pauta\n"
ROWS = (
    "1;Apresentação 📊;ana@x.com.br;;{day};14:30;90;agendada;alice@x.com.br;Sala 2;Trazer proposta\n"
    "2;Visita à obra;;N1;10/03/2026;09h00;;realizada;;;\n"
    "3;Feira;;;12/03/2026;;;cancelada;;São Paulo;\n"
    "4;Futura realizada;ana@x.com.br;;{day};10:00;;realizada;;;\n"
    "5;De ninguém conhecido;eva@x.com.br;;{day};10:00;;;;;\n"
    "6;Hora errada;ana@x.com.br;;{day};25h;;;;;\n"
    "7;;ana@x.com.br;;{day};10:00;;;;;\n"
    "8;Chefe estranho;ana@x.com.br;;{day};10:00;;;quem@x.com.br;;\n"
)


@pytest.fixture
def told(tmp_path: Any, actor: Any, admin: Any, make_opportunity: Any) -> Any:
    create_person(actor=actor, data=PersonData(name="Ana", emails=[EmailData(address="ana@x.com.br")]))
    make_opportunity(source="crm", external_id="N1")
    admin.email = "alice@x.com.br"
    admin.save()
    day = (timezone.localdate() + timedelta(days=20)).strftime("%d/%m/%Y")

    def told(rows: str = ROWS, head: str = HEAD) -> Any:
        path = tmp_path / "reunioes.csv"
        path.write_text(head + rows.format(day=day), encoding="utf-8")
        return run_import_file(actor=actor, target="meetings", path=path, source="crm")

    return told


def undo(run: Any, actor: Any) -> Any:
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    run.refresh_from_db()
    return run


def test_meetings_come_in(told: Any, admin: Any) -> None:
    run = told()
    reasons = {row.row: row.problems[0][:2] for row in run.rejections.all()}
    assert (run.created, reasons) == (
        3,
        {5: ["state", "future"], 6: ["customer_email", "unknown"], 7: ["start_time", "invalid"], 8: ["title", "required"],
         9: ["organiser", "unknown"]},
    )  # fmt: skip
    first, visit, fair = Meeting.objects.order_by("external_key")
    begins = first.starts_at.astimezone(SP)
    assert (begins.hour, begins.minute, first.ends_at - first.starts_at) == (14, 30, timedelta(minutes=90))
    assert (first.party.name, first.organiser, first.location, first.description) == (
        "Ana",
        admin,
        "Sala 2",
        "Trazer proposta",
    )
    assert (visit.status, visit.about_type, visit.ends_at - visit.starts_at) == (
        "held",
        "opportunity",
        timedelta(hours=1),
    )
    assert visit.held_at == visit.ends_at == datetime(2026, 3, 10, 10, tzinfo=SP)
    assert (fair.status, fair.all_day, fair.party, fair.ends_at - fair.starts_at) == (
        "cancelled",
        True,
        None,
        timedelta(days=1),
    )
    entry = Interaction.objects.get()
    assert (entry.kind, entry.party_id, entry.occurred_at, entry.subject) == (
        "meeting",
        visit.party_id,
        visit.starts_at,
        "Visita à obra",
    )
    assert PartyFacts.objects.get(party_id=visit.party_id).last_interaction_at == visit.starts_at
    assert set(visible_meetings(admin).filter(search="obra").values_list("id", flat=True)) == {visit.id}
    assert StoredEvent.objects.filter(name="timeline.meetings_changed").count() == 1


def test_meetings_change_with_a_later_file_and_all_of_it_is_taken_back(
    told: Any, actor: Any, workspace: Any
) -> None:
    run = told()
    first, visit, _fair = Meeting.objects.order_by("external_key")
    again = told()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    changed = told(
        "2;Visita à obra;;N1;10/03/2026;09h00;30;agendada;;Pátio;\n1;Apresentação;;;;;;;;;\n".replace(
            ";;;;;;;;;", ";ana@x.com.br;;{day};15:00;;;;;"
        )
    )
    assert (changed.created, changed.updated) == (0, 2)
    visit.refresh_from_db()
    assert (visit.status, visit.held_at, visit.location) == ("planned", None, "Pátio")
    assert not Interaction.objects.filter(deleted_at=None).exists()
    first.refresh_from_db()
    assert (first.title, first.ends_at - first.starts_at) == ("Apresentação", timedelta(minutes=90))

    found = preview_undo(changed, actor, workspace)
    assert (found.removed, found.restored, found.kept) == (0, 2, 0)
    undo(changed, actor)
    visit.refresh_from_db()
    assert (visit.status, visit.location, visit.ends_at) == ("held", "", datetime(2026, 3, 10, 10, tzinfo=SP))
    assert Interaction.objects.get(deleted_at=None).subject == "Visita à obra"

    first.refresh_from_db()
    update_meeting(actor=actor, meeting=first, location="Sala 3")
    run.refresh_from_db()
    taken = undo(run, actor)
    assert (taken.removed, taken.kept) == (2, 1)
    assert list(Meeting.objects.filter(deleted_at=None)) == [first]
    assert not Interaction.objects.filter(deleted_at=None).exists()
    back = told()
    assert back.created == 2  # what was undone may come in again


def test_without_ids_the_same_row_is_the_same_meeting_and_others_are_out_of_reach(
    told: Any, actor: Any, admin: Any, member_with: Any
) -> None:
    head = "Assunto;Cliente: e-mail;Início;Fim\n"
    row = "Café;ana@x.com.br;2026-03-10 09:00;2026-03-10 08:00\nAlmoço;ana@x.com.br;2026-03-10 12:00;2026-03-10 13:30\n"
    run = told(row, head)
    assert (run.created, run.rejected) == (1, 1)
    assert run.rejections.get().problems[0][0] == "ends_at"
    assert told(row, head).unchanged == 1
    meeting = Meeting.objects.get()
    assert meeting.organiser == admin  # whoever brings them in, where nobody is named
    Meeting.objects.filter(id=meeting.id).update(rrule="FREQ=WEEKLY")
    assert told(row.replace("13:30", "14:00"), head).skipped == 1
