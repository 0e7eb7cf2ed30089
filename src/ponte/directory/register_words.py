"""What went wrong with a register, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def failure_words(code: str) -> str:
    """Return a sentence for the code of a ``LookupFailed``."""
    words = {
        "busy": _("The register has too much to do just now. Try again in a few minutes."),
        "refused": _("The register refused the access key. Check it in the settings of registers."),
        "down": _("The register doesn't work just now. Try again later."),
        "garbled": _(
            "The register answered something that can't be read. Check its address in the settings."
        ),
        "timeout": _("The register didn't answer in time. Try again later."),
        "no_code": _("There is nothing to look up by: give a CNPJ, or an address with its full CEP."),
        "address": _("The register's address isn't on the public internet, so it isn't asked."),
    }
    return words.get(code, _("The register can't be reached. Check its address in the settings."))
