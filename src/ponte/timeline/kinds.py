"""The registry of interaction kinds: how each looks, and which can be written by hand.

Other modules add theirs from their ``registrations.py``; a row of an unknown kind is shown with ``FALLBACK``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEFAULT_TEMPLATE = "timeline/kinds/_default.html"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of interaction is named, shown and recorded.

    ``tone`` is a colour word of the design system (neutral, accent, blue, purple, pink, red, orange, yellow, green);
    ``template`` renders the inside of the entry; ``department`` is what a row gets when none is told;
    ``by_hand`` kinds appear in the composer; ``counts_as_contact`` kinds move the customer's last interaction.
    """

    key: str
    label: str | Promise
    icon: str
    tone: str = "neutral"
    template: str = DEFAULT_TEMPLATE
    channel: str = ""
    department: str = ""
    by_hand: bool = False
    editable: bool = False
    counts_as_contact: bool = True
    order: int = 100


FALLBACK = Kind("other", _("Event"), "point", counts_as_contact=False)

_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Add a kind; the same key twice is a programming error unless it is the same kind.

    Raises:
        ValueError: another kind already has this key.
    """
    known = _kinds.get(kind.key)
    if known is not None and known != kind:
        raise ValueError(f"interaction kind {kind.key!r} is registered twice")
    _kinds[kind.key] = kind
    return kind


def kind_of(key: str) -> Kind:
    """Return the kind with this key, or the neutral fallback for one nobody registered."""
    return _kinds.get(key, FALLBACK)


def all_kinds() -> Mapping[str, Kind]:
    """Return every kind by key, in display order."""
    return dict(sorted(_kinds.items(), key=lambda pair: (pair[1].order, pair[0])))


def composer_kinds() -> list[Kind]:
    """Return the kinds a person may record by hand, in the composer's order."""
    return [kind for kind in all_kinds().values() if kind.by_hand]


NOTE = register_kind(Kind("note", _("Note"), "note", "yellow", by_hand=True, editable=True, order=10))
CALL = register_kind(
    Kind("call", _("Call"), "phone", "green", channel="phone", by_hand=True, editable=True, order=20)
)
MEETING = register_kind(
    Kind("meeting", _("Meeting"), "calendar-event", "purple", by_hand=True, editable=True, order=30)
)
VISIT = register_kind(
    Kind("visit", _("Visit"), "map-pin", "accent", channel="in_person", by_hand=True, editable=True, order=40)
)
MESSAGE = register_kind(
    Kind(
        "message", _("Message"), "message", "blue", channel="whatsapp", by_hand=True, editable=True, order=50
    )
)
EMAIL = register_kind(Kind("email", _("E-mail"), "mail", "blue", channel="email", order=60))
TASK_DONE = register_kind(
    Kind("task_done", _("Task done"), "checkbox", "green", "timeline/kinds/_task_done.html", order=70)
)
REVIEW = register_kind(
    Kind(
        "review", _("Review"), "star", "yellow", "timeline/kinds/_review.html", department="service", order=90
    )
)
STAGE = register_kind(
    Kind(
        "stage_change",
        _("Stage change"),
        "arrow-right",
        "neutral",
        "timeline/kinds/_stage_change.html",
        counts_as_contact=False,
        order=95,
    )
)
CREATED = register_kind(
    Kind("customer_created", _("Customer created"), "user-plus", counts_as_contact=False, order=96)
)
