"""Asking DNS whether a domain takes mail: MX, else the address itself (RFC 5321, 5.1), and the null MX (RFC 7505).

Only the name of the domain goes out, to the resolver of the machine (or ``PONTE_DNS_SERVERS``). What isn't a clear answer
(no answer in time, a server out of order, a name that can't be asked) is ``Unclear`` and never "doesn't exist".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.conf import settings

if TYPE_CHECKING:
    from dns.name import Name
    from dns.resolver import Resolver

SECONDS = 4.0  # for all questions about one type of record
# asked first: a resolver that doesn't find these says nothing about others either
CONTROLS = ("gmail.com", "registro.br")

Answer = Literal["takes", "missing", "no_mail"]


class Unclear(Exception):
    """DNS gave no clear answer; ``can_be_asked`` is false for a name no resolver could be asked for."""

    def __init__(self, *, can_be_asked: bool = True) -> None:
        self.can_be_asked = can_be_asked
        super().__init__("unclear")


class MailDns:
    """A resolver for questions about mail; make one for a batch."""

    def __init__(self) -> None:
        self._resolver = _resolver()

    def works(self) -> bool:
        """Return whether the resolver knows one of the domains that certainly take mail."""
        return any(self._is_known(domain) for domain in CONTROLS)

    def ask(self, domain: str) -> Answer:
        """Return whether mail for a domain can be delivered anywhere.

        Raises:
            Unclear: no clear answer.
        """
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            name = dns.name.from_text(domain, idna_codec=dns.name.IDNA_2008_Practical)
        except (dns.exception.DNSException, UnicodeError) as wrong:
            raise Unclear(can_be_asked=False) from wrong
        try:
            found = self._resolver.resolve(name, "MX", lifetime=SECONDS, search=False)
            return "takes" if any(str(each.exchange) != "." for each in found) else "no_mail"
        except dns.resolver.NoAnswer:
            pass
        except dns.resolver.NXDOMAIN:
            return "missing"
        except (dns.exception.DNSException, OSError) as wrong:
            raise Unclear from wrong
        return "takes" if self._has_address(name) else "no_mail"

    def _has_address(self, name: Name) -> bool:
        import dns.exception
        import dns.resolver

        for kind in ("A", "AAAA"):
            try:
                self._resolver.resolve(name, kind, lifetime=SECONDS, search=False)
                return True
            except dns.resolver.NoAnswer:
                continue
            except (dns.exception.DNSException, OSError) as wrong:
                raise Unclear from wrong
        return False

    def _is_known(self, domain: str) -> bool:
        try:
            return self.ask(domain) == "takes"
        except Unclear:
            return False


def _resolver() -> Resolver:
    import dns.nameserver
    import dns.resolver

    servers = settings.PONTE_DNS_SERVERS
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
    except (dns.resolver.NoResolverConfiguration, OSError) as wrong:
        raise Unclear from wrong
    if servers:
        pairs = (server.rpartition(":") if ":" in server else (server, "", "53") for server in servers)
        resolver.nameservers = [
            dns.nameserver.Do53Nameserver(host, int(port)) for host, _colon, port in pairs
        ]
    return resolver
