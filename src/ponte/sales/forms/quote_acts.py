"""The small forms around a quote."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SendForm(forms.Form):
    """How the customer gets the quote."""

    channel = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    message = forms.CharField(
        label=_("Your words in the e-mail"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        choices: list[tuple[str, Any]] = [("link", _("I pass on the link myself (WhatsApp, in person …)"))]
        if email and settings.PONTE_SENDS_MAIL:
            choices.insert(0, ("email", _("By e-mail to %(address)s") % {"address": email}))
        else:
            del self.fields["message"]
        channel.choices = choices
        channel.initial = choices[0][0]

    def clean(self) -> dict[str, Any]:
        """Fill in the message where the form doesn't ask for one."""
        return {"message": "", **(super().clean() or {})}


class CommentForm(forms.Form):
    """Words for whoever opens the page of a quote or contract; ``readers`` says who reads them where."""

    body = forms.CharField(
        label=pgettext_lazy("noun", "Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, readers: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = readers
