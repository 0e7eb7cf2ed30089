"""The check of e-mail domains against a local fake of a DNS server: clear answers, unclear ones, pace, switching on and off."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from django.utils import timezone

from ponte.directory.adapters import dns as adapter
from ponte.directory.adapters.dns import MailDns, Unclear
from ponte.directory.data import EmailData, PersonData
from ponte.directory.models import EmailDomain, Party
from ponte.directory.services import email_domains
from ponte.directory.services.email_domains import check_domains, forget_domains, gather_domains
from ponte.directory.services.people import create_person
from ponte.directory.services.quality import quality_of, save_rules

pytestmark = pytest.mark.usefixtures("workspace")
MX = {
    "gmail.com.": "5 smtp.gmail.com.",
    "good.com.br.": "10 mx.good.com.br.",
    "null.com.": "0 .",
    "xn--po-sia.com.br.": "1 m.x.",
}


class Zone(socketserver.BaseRequestHandler):
    """Answers by name; ``broken`` names get a failure, ``mute`` ones nothing, ``asked`` holds what was asked."""

    addresses: ClassVar[set[str]] = set()
    empty: ClassVar[set[str]] = set()
    broken: ClassVar[set[str]] = set()
    mute: ClassVar[set[str]] = set()
    asked: ClassVar[list[str]] = []

    def handle(self) -> None:
        data, sock = self.request
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(), question.rdtype
        self.asked.append(name)
        if name in self.mute:
            return
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif name in MX or name in self.addresses or name in self.empty:
            if kind == dns.rdatatype.MX and name in MX:
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", MX[name]))
            elif kind == dns.rdatatype.A and name in self.addresses:
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.1"))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        sock.sendto(reply.to_wire(), self.client_address)


@pytest.fixture
def zone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Zone]]:
    for kept in (Zone.addresses, Zone.empty, Zone.broken, Zone.mute):
        kept.clear()
    Zone.asked.clear()
    Zone.addresses.add("onlya.com.")
    Zone.empty.add("nothing.com.")
    monkeypatch.setattr(adapter, "SECONDS", 0.3)
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Zone) as server:
        settings.PONTE_DNS_SERVERS = (f"127.0.0.1:{server.server_address[1]}",)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Zone
        server.shutdown()


def test_answers_are_told_apart(zone: type[Zone]) -> None:
    Zone.broken.add("broken.com.")
    Zone.mute.add("mute.com.")
    ask = MailDns().ask
    told = {
        name: ask(name)
        for name in ("good.com.br", "onlya.com", "nothing.com", "null.com", "gone.com", "pão.com.br")
    }
    assert told == {
        "good.com.br": "takes", "onlya.com": "takes", "nothing.com": "no_mail", "null.com": "no_mail", "gone.com": "missing",
        "pão.com.br": "takes",
    }  # fmt: skip
    for name in ("broken.com", "mute.com", "a..b", "x" * 70 + ".com"):
        with pytest.raises(Unclear):
            ask(name)
    assert MailDns().works()
    Zone.broken.update({"gmail.com.", "registro.br."})
    assert not MailDns().works()


def person(actor: Any, address: str) -> Party:
    return create_person(
        actor=actor, data=PersonData(name="Ana Lima", emails=[EmailData(address=address)])
    ).party


def state(party: Party) -> tuple[int, set[str]]:
    found = quality_of(party.id)
    assert found is not None
    return found.score, set(found.problems) & {"no_domain", "no_mail"}


def test_off_nothing_is_asked_and_on_problems_are_told(actor: Any, zone: type[Zone]) -> None:
    gone, null, good = (person(actor, f"ana@{name}") for name in ("gone.com", "null.com", "good.com.br"))
    person(actor, "ana@gmail.com")
    assert (gather_domains(), check_domains(), Zone.asked) == (0, 0, [])
    full = state(gone)[0]
    save_rules(actor=actor, required={}, stale_days=365, check_domains=True)
    assert gather_domains() == 3
    assert gather_domains() == 0
    assert check_domains() == 3
    assert state(gone) == (state(gone)[0], {"no_domain"})
    assert state(gone)[0] < full == state(good)[0]
    assert state(null)[1] == {"no_mail"}
    assert set(Zone.asked) == {"gmail.com.", "gone.com.", "null.com.", "good.com.br."}
    Zone.asked.clear()
    assert check_domains() == 0  # kept
    assert Zone.asked == []
    save_rules(actor=actor, required={}, stale_days=365, check_domains=False)
    assert forget_domains() is False
    assert state(gone) == (full, set())
    assert not EmailDomain.objects.exists()


def test_what_is_out_of_order_says_nothing(actor: Any, zone: type[Zone]) -> None:
    save_rules(actor=actor, required={}, stale_days=365, check_domains=True)
    gone, shaky = person(actor, "ana@gone.com"), person(actor, "ana@shaky.com")
    gather_domains()
    Zone.broken.update(
        {"gmail.com.", "registro.br."}
    )  # the resolver knows nobody: its "doesn't exist" isn't believed
    assert check_domains() == 0
    assert state(gone)[1] == set()
    assert not EmailDomain.objects.exclude(state="waiting").exists()
    Zone.broken.clear()
    Zone.broken.add("shaky.com.")
    assert check_domains() == 1
    row = EmailDomain.objects.get(domain="shaky.com")
    assert (row.state, row.tries, state(shaky)[1]) == ("waiting", 1, set())
    assert row.not_before > timezone.now() + timedelta(minutes=50)
    # what was said stays while there is no clear answer, and goes with the next one
    Zone.broken.add("gone.com.")
    EmailDomain.objects.update(not_before=timezone.now())
    assert check_domains() == 0
    assert state(gone)[1] == {"no_domain"}
    Zone.broken.clear()
    MX["gone.com."] = "1 mx.gone.com."
    try:
        EmailDomain.objects.update(not_before=timezone.now())
        check_domains()
    finally:
        del MX["gone.com."]
    assert state(gone)[1] == set()
    assert state(shaky)[1] == {"no_domain"}


def test_the_pace_is_kept(actor: Any, zone: type[Zone], monkeypatch: pytest.MonkeyPatch) -> None:
    save_rules(actor=actor, required={}, stale_days=365, check_domains=True)
    EmailDomain.objects.bulk_create(EmailDomain(domain=f"d{n}.com") for n in range(30))
    monkeypatch.setattr(email_domains, "A_MINUTE", 25)
    assert check_domains() == 25
    assert EmailDomain.objects.filter(state="waiting").count() == 5
    assert check_domains() == 5


def test_a_new_customers_domain_is_asked_for_in_the_background(
    actor: Any, zone: type[Zone], run_jobs: Any, client_for: Any, admin: Any, api_for: Any
) -> None:
    given = {"stale_days": 200, "version": 0, "check_domains": "on"}
    assert (
        client_for(admin).post("/teste/data-quality/rules/", given, HTTP_HX_REQUEST="true").status_code == 204
    )
    ana = person(actor, "ana@gone.com")
    run_jobs()
    assert "no_domain" in Party.objects.get(id=ana.id).quality.problems
    page = client_for(admin).get("/teste/data-quality/no_domain/").content.decode()
    assert "ana@gone.com" in page
    api = api_for(admin)
    found = api.get(f"/api/v1/data-quality/customers/{ana.id}").json()
    assert found["emails"][0]["domain"] == "missing"
    assert api.get("/api/v1/data-quality").json()["domains"]["missing"] == 1
