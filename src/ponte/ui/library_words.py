"""Words of libraries (allauth, Django) that Ponte says differently in Portuguese.

Our catalogue stands before theirs, so a translation given here wins. Nothing imports this list: it exists to be found by
the message extraction.
"""

from django.utils.translation import gettext_lazy as _

WORDS = (
    _("Email"),
    _("Email address"),
    _("Email address(es)"),
    _("Two-Factor Authentication"),
    _("Authenticator App"),
    _("Security Keys"),
)
