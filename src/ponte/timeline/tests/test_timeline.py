"""Reading timelines."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.timeline.participant import Participant
from ponte.timeline.selectors.timeline import TimelineFilter, timeline_page
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.comments import comment_interaction
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.interaction_edits import delete_interaction, pin_interaction
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.tests.conftest import make_party
from ponte.timeline.views.present import by_day, rich_text, show_all

START = timezone.now() - timedelta(days=30)


@pytest.fixture
def note(actor):
    def write(party, body, minutes=0, **told):
        moment = START + timedelta(minutes=minutes)
        return record_interaction(
            actor=actor,
            party_id=party.id,
            kind=told.pop("kind", "note"),
            body=body,
            occurred_at=moment,
            **told,
        )

    return write


def bodies(page):
    return [entry.preview for entry in page.entries]


def test_newest_first_and_every_entry_once_over_all_pages(admin, ana, note):
    for number in range(7):
        note(ana, str(number), minutes=number % 3)  # several at the same moment
    seen, place = [], None
    while True:
        page = timeline_page(admin, ana, after=place, limit=2)
        seen += page.entries
        place = page.next_place
        if place is None:
            break
    assert len(seen) == len({entry.id for entry in seen}) == 7
    assert seen == sorted(seen, key=lambda entry: (entry.occurred_at, entry.id), reverse=True)


def test_a_companys_timeline_holds_its_peoples(admin, ana, acme, employ, note):
    note(ana, "antes de trabalhar lá")
    employ(ana, acme)
    note(ana, "da Ana", minutes=1)
    note(acme, "da Acme", minutes=2)
    assert bodies(timeline_page(admin, acme)) == ["da Acme", "da Ana"]
    assert bodies(timeline_page(admin, ana)) == ["da Ana", "antes de trabalhar lá"]


def test_people_hidden_from_the_member_are_left_out_of_their_companys(acme, employ, note, member_with):
    seller = member_with("salesperson")
    seller.role.rights["objects"]["customer"]["view"] = "own"
    seller.role.save()
    acme.owner = seller
    acme.save()
    hidden = make_party("person", "Zé")
    employ(hidden, acme)
    note(hidden, "segredo")
    note(acme, "visível", minutes=1)
    assert bodies(timeline_page(seller, acme)) == ["visível"]


def test_who_may_see_no_interactions_sees_none(ana, note, member_with):
    note(ana, "oi")
    blind = member_with("agent")
    blind.role.rights["objects"]["interaction"]["view"] = "none"
    blind.role.save()
    assert bodies(timeline_page(blind, ana)) == []


def test_what_one_took_part_in_is_on_ones_timeline(admin, ana, acme, note):
    note(acme, "reunião", kind="meeting", participants=[Participant(party_id=ana.id)])
    note(ana, "nota", minutes=1)
    assert bodies(timeline_page(admin, ana)) == ["nota", "reunião"]


def test_deleted_entries_are_gone(admin, actor, ana, note):
    delete_interaction(actor=actor, interaction=note(ana, "errado"))
    assert bodies(timeline_page(admin, ana)) == []


def test_pinned_ones_are_on_top_of_the_whole_timeline_and_in_place_when_filtered(admin, actor, ana, note):
    pinned = note(ana, "importante")
    note(ana, "depois", minutes=5)
    pin_interaction(actor=actor, interaction=pinned, pinned=True)
    page = timeline_page(admin, ana)
    assert ([one.id for one in page.pinned], bodies(page)) == ([pinned.id], ["depois"])
    filtered = timeline_page(admin, ana, TimelineFilter(kinds=("note",)))
    assert (filtered.pinned, bodies(filtered)) == ([], ["depois", "importante"])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (TimelineFilter(kinds=("call",)), ["ligação"]),
        (TimelineFilter(channel="phone"), ["ligação"]),
        (TimelineFilter(department="service"), ["nota João"]),
        (TimelineFilter(text="LIGACAO"), ["ligação"]),
        (TimelineFilter(text="joão nota"), ["nota João"]),
        (TimelineFilter(text="assunto"), ["ligação"]),
        (TimelineFilter(text="100%"), []),
        (TimelineFilter(text="_"), []),
        (TimelineFilter(since=(START + timedelta(days=2)).date()), []),
        (TimelineFilter(until=(START - timedelta(days=2)).date()), []),
    ],
)
def test_filters(admin, ana, note, wanted, expected):
    note(ana, "nota João", department="service")
    note(ana, "ligação", minutes=1, kind="call", subject="Assunto")
    assert bodies(timeline_page(admin, ana, wanted)) == expected


def test_filter_by_author_and_by_person_of_a_company(admin, actor, ana, acme, employ, note, member_with):
    employ(ana, acme)
    other = member_with("salesperson")
    note(ana, "de outro", author=other)
    note(acme, "meu", minutes=1)
    assert bodies(timeline_page(admin, acme, TimelineFilter(author_id=other.id))) == ["de outro"]
    assert bodies(timeline_page(admin, acme, TimelineFilter(person_id=ana.id))) == ["de outro"]


def test_long_texts_come_as_their_beginning(admin, ana, note):
    note(ana, "palavra " * 5000)
    entry = timeline_page(admin, ana).entries[0]
    assert len(entry.preview) == 1201
    shown = show_all(admin, [entry], party=ana)[0]
    assert shown.is_cut
    assert len(shown.text) < 1300


def test_opening_costs_the_same_with_5_and_with_500_entries(admin, actor, ana):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = timeline_page(admin, ana)
            show_all(admin, page.entries, party=ana)
        return len(captured)

    def add(first, last):
        items = [
            InteractionData(
                party_id=ana.id,
                kind="note",
                body=f"n{number}",
                occurred_at=START + timedelta(seconds=number),
                external_key=str(number),
            )
            for number in range(first, last)
        ]
        bulk_record(actor=actor, items=items, source="teste")

    add(0, 5)
    for entry in timeline_page(admin, ana).entries:
        comment_interaction(actor=actor, interaction=entry, body="visto")
    few = count()
    add(5, 500)
    for entry in timeline_page(admin, ana).entries:
        comment_interaction(actor=actor, interaction=entry, body="visto")
    assert count() == few <= 7


def test_only_the_latest_comments_come_along_with_their_number(admin, actor, ana, note):
    entry = note(ana, "oi")
    for number in range(5):
        comment_interaction(actor=actor, interaction=entry, body=str(number))
    shown = show_all(admin, [entry])[0]
    assert [one.body for one in shown.around.comments] == ["2", "3", "4"]
    assert shown.older_comments == 2


def test_entries_are_grouped_by_local_day(admin, ana, note):
    first, second = note(ana, "a"), note(ana, "b", minutes=60 * 24)
    shown = show_all(admin, [second, first])
    days = by_day(shown, after=shown[0].local.date())
    assert [len(day.entries) for day in days] == [1, 1]
    assert [day.is_continued for day in days] == [True, False]


def test_plain_text_is_escaped_links_work_and_mentions_are_marked():
    shown = rich_text("<b>x</b> @Ana & https://ponte.example/a?b=1 <script>", ["Ana"])
    assert "<b>" not in shown
    assert "<script>" not in shown
    assert '<span class="mention">@Ana</span>' in shown
    assert 'href="https://ponte.example/a?b=1"' in shown


def test_mentions_are_marked_in_words_only():
    shown = rich_text("https://x.example/@Ana e @Ana Souza, @Ana. @Anabela", ["Ana", "Ana Souza"])
    assert 'href="https://x.example/@Ana"' in shown
    assert '<span class="mention">@Ana Souza</span>, <span class="mention">@Ana</span>. @Anabela' in shown
    assert shown.count("<span") == 2
