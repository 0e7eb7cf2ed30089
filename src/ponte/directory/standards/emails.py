"""Domains of e-mail addresses: mistyped ones, well-known ones, and what an address is good for."""

from __future__ import annotations

from typing import Literal

from ponte.directory.quality import DISPOSABLE, ROLES

TYPOS: dict[str, str] = {
    **dict.fromkeys(
        ["gmial.com", "gmai.com", "gmal.com", "gmil.com", "gamil.com", "gmaill.com", "gnail.com", "gmali.com",
         "gmail.co", "gmail.cm", "gmail.om", "gmail.com.br", "gmail.comm", "gemail.com", "gmailcom", "g-mail.com"],
        "gmail.com"),
    **dict.fromkeys(
        ["hotmial.com", "hotmal.com", "hotmai.com", "hotamil.com", "hotmil.com", "hotnail.com", "hormail.com",
         "homail.com", "hotmaill.com", "hotmail.co", "hotmail.cm", "hotmail.comm", "hotimail.com", "rotmail.com"],
        "hotmail.com"),
    **dict.fromkeys(
        ["outlok.com", "outloock.com", "outllok.com", "outlool.com", "outllook.com", "otlook.com", "outlook.co",
         "outlook.cm", "outlook.comm"],
        "outlook.com"),
    **dict.fromkeys(["yaho.com", "yhaoo.com", "yahooo.com", "yhoo.com", "yahoo.cm", "yahoo.comm"], "yahoo.com"),
    **dict.fromkeys(["yaho.com.br", "yahho.com.br", "yahooo.com.br", "yhaoo.com.br", "yahoo.com.b"], "yahoo.com.br"),
    **dict.fromkeys(["iclould.com", "icoud.com", "iclod.com", "icloud.co", "icloud.cm"], "icloud.com"),
    **dict.fromkeys(["uol.com.b", "uol.combr", "ou.com.br"], "uol.com.br"),
    **dict.fromkeys(["bol.com.b", "bol.combr"], "bol.com.br"),
    **dict.fromkeys(["terra.com.b", "tera.com.br", "terra.combr"], "terra.com.br"),
}  # fmt: skip
# ends that no domain has
ENDS = {
    ".con": ".com",
    ".comm": ".com",
    ".combr": ".com.br",
    ".com.b": ".com.br",
    ".con.br": ".com.br",
    ".coom": ".com",
}
KNOWN = frozenset(
    [
        "gmail.com", "hotmail.com", "hotmail.com.br", "outlook.com", "outlook.com.br", "live.com", "msn.com", "yahoo.com",
        "yahoo.com.br", "ymail.com", "icloud.com", "me.com", "mac.com", "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br",
        "globo.com", "globomail.com", "r7.com", "oi.com.br", "zipmail.com.br", "proton.me", "protonmail.com", "aol.com",
    ]
)  # fmt: skip

Verdict = Literal["mistyped", "disposable", "role", "known", "unknown"]


def mended_email(address: str) -> str:
    """Return an address in small letters with a mistyped domain put right; anything else as it came."""
    local, at, domain = address.strip().lower().rpartition("@")
    if not at:
        return address
    return f"{local}@{mended_domain(domain)}"


def mended_domain(domain: str) -> str:
    """Return the domain that was meant: ``gmial.com`` is ``gmail.com``, ``x.con`` is ``x.com``."""
    if domain in TYPOS:
        return TYPOS[domain]
    for wrong, right in ENDS.items():
        if domain.endswith(wrong) and len(domain) > len(wrong):
            return mended_domain(domain[: -len(wrong)] + right)
    return domain


def judge_email(address: str) -> Verdict:
    """Return what can be said of an address by its letters alone; "unknown" is no reproach."""
    local, _at, domain = address.lower().rpartition("@")
    if mended_domain(domain) != domain:
        return "mistyped"
    if domain in DISPOSABLE:
        return "disposable"
    if local in ROLES:
        return "role"
    return "known" if domain in KNOWN else "unknown"
