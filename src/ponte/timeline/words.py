"""The words interactions are described with: channels, departments, outcomes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Label = str | Promise

CHANNELS: dict[str, Label] = {
    "phone": _("Phone"),
    "whatsapp": _("WhatsApp"),
    "email": _("E-mail"),
    "in_person": _("In person"),
    "video": _("Video call"),
    "sms": _("SMS"),
    "chat": _("Site chat"),
    "instagram": _("Instagram"),
    "facebook": _("Facebook"),
    "linkedin": _("LinkedIn"),
    "telegram": _("Telegram"),
    "web": _("Web site"),
    "store": _("Store"),
    "marketplace": _("Marketplace"),
    "letter": _("Letter"),
    "other": _("Other"),
}

DEPARTMENTS: dict[str, Label] = {
    "sales": _("Sales"),
    "marketing": _("Marketing"),
    "service": _("Service"),
    "finance": _("Finance"),
    "partners": _("Partners"),
    "other": _("Other"),
}

OUTCOMES: dict[str, Label] = {
    "reached": pgettext_lazy("call", "Reached"),
    "no_answer": _("No answer"),
    "left_message": _("Left a message"),
    "call_back": _("Asked to call back"),
    "wrong_number": _("Wrong number"),
    "interested": _("Interested"),
    "not_interested": _("Not interested"),
    "next_step": _("Next step agreed"),
    "did_not_show": _("Did not show up"),
}

DIRECTIONS: dict[str, Label] = {"in": _("Received"), "out": _("Made")}

HIDDEN_CUSTOMER = _("A customer hidden from you")  # whom somebody's own task is about


def label_of(words: dict[str, Label], key: str) -> Label:
    """Return the label of a word, or the word itself when another system brought one of its own."""
    return words.get(key, key)
