"""What is said on the public pages of quotes and contracts. Only ever added."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.quote import Quote


class DocumentComment(Record):
    """A remark; ``is_customer``: of whoever opened the page, else of a colleague."""

    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    is_customer = models.BooleanField(default=True)
    author = models.CharField(_("name"), max_length=120)
    body = models.TextField(_("comment"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.author}: {self.body[:40]}"


class QuoteComment(DocumentComment):
    """What the customer or a colleague wrote on a quote's public page."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="comments", db_index=False)

    class Meta:
        verbose_name = _("Comment on a quote")
        verbose_name_plural = _("Comments on quotes")
        indexes = [models.Index(fields=["quote", "id"], name="quote_comment_quote")]


class ContractComment(DocumentComment):
    """What a signer or a colleague wrote on a contract's pages of its signers, who all read it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="comments", db_index=False)
    signer = models.ForeignKey(
        ContractSigner, on_delete=models.SET_NULL, related_name="comments", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Comment on a contract")
        verbose_name_plural = _("Comments on contracts")
        indexes = [models.Index(fields=["contract", "id"], name="contract_comment_contract")]
