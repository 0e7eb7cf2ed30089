"""Where the columns of files of quotes and their lines can go, with the headers they are known by."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.directory.import_customers import CUSTOMER_FIELDS
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.services.bulk_quotes import EXPIRED
from ponte.workplace.importing import FieldType, ImportField

STATUSES: Mapping[str, tuple[str, ...]] = {
    QuoteStatus.DRAFT: ("rascunho", "em elaboração", "em edição", "não enviada", "nova", "new", "in review", "draft"),
    QuoteStatus.SENT: ("enviada", "enviado", "aberta", "em aberto", "aguardando", "aguardando resposta", "em negociação", "pendente",
                       "apresentada", "delivered", "presented", "open", "sent", "published"),
    QuoteStatus.ACCEPTED: ("aceita", "aceito", "aprovada", "aprovado", "ganha", "ganho", "fechada", "assinada", "accepted", "approved",
                           "won", "signed", "closed won"),
    QuoteStatus.DECLINED: ("recusada", "recusado", "rejeitada", "reprovada", "perdida", "perdido", "não aprovada", "declined", "rejected",
                           "denied", "lost", "refused", "closed lost"),
    QuoteStatus.WITHDRAWN: ("cancelada", "cancelado", "retirada", "substituída", "arquivada", "canceled", "cancelled", "withdrawn"),
    EXPIRED: ("expirada", "expirado", "vencida", "vencido", "fora da validade", "expired"),
}  # fmt: skip
BILLINGS: Mapping[str, tuple[str, ...]] = {
    Billing.ONE_OFF: ("único", "unica", "uma vez", "à vista", "avulso", "one-off", "once"),
    Billing.MONTHLY: ("mensal", "mês", "por mês", "recorrente", "monthly"),
    Billing.QUARTERLY: ("trimestral", "por trimestre", "quarterly"),
    Billing.YEARLY: ("anual", "por ano", "yearly", "annual"),
}

QUOTE_FIELDS = (
    ImportField("external_id", _("External id"), FieldType.IDENTIFIER,
                ("id da proposta", "código da proposta", "id do orçamento", "quote id", "proposal id", "id"), identity=True, max_length=150,
                help=_("Without one the number counts.")),
    ImportField("number", _("Number"), FieldType.IDENTIFIER,
                ("número", "nº", "número da proposta", "nº da proposta", "proposta", "orçamento", "número do orçamento", "quote number"), max_length=60),
    *CUSTOMER_FIELDS,
    ImportField("customer_name", _("Customer: name"), synonyms=("cliente", "empresa", "razão social", "conta", "customer", "account name"),
                several=True, max_length=240, help=_("Counts where nothing surer is given and one customer alone is called so.")),
    ImportField("opportunity", _("Opportunity: external id"), FieldType.IDENTIFIER,
                ("id da oportunidade", "id do negócio", "negócio", "deal id", "opportunity id"),
                help=_("Imported before; without a customer, the quote is for the opportunity's.")),
    ImportField("title", _("Title"), synonyms=("título", "assunto", "nome da proposta", "descrição", "subject", "quote name")),
    ImportField("status", _("Status"), FieldType.CHOICE, ("status", "situação", "estágio da proposta", "quote stage"), choices=STATUSES,
                help=_("Empty: sent where there is a day of sending, otherwise a draft. Nothing is sent or accepted by an import.")),
    ImportField("created_at", _("Date of the quote"), FieldType.MOMENT,
                ("data", "data da proposta", "emissão", "data de emissão", "criada em", "data de criação", "created time", "created at")),
    ImportField("sent_at", _("Sent at"), FieldType.MOMENT, ("enviada em", "data de envio", "sent on")),
    ImportField("answered_at", _("Answered at"), FieldType.MOMENT,
                ("data do aceite", "aceita em", "aprovada em", "respondida em", "data de fechamento", "accepted on")),
    ImportField("valid_until", _("Valid until"), FieldType.DATE,
                ("validade", "válida até", "data de validade", "vencimento", "expira em", "valid till", "expiration date"),
                help=_("Empty: 15 days from the quote's date.")),
    ImportField("total", _("One-off total"), FieldType.NUMBER, ("total", "valor", "valor total", "valor da proposta", "grand total", "amount"),
                help=_("Holds until lines of the quote are imported or written.")),
    ImportField("monthly", _("Total per month"), FieldType.NUMBER, ("valor mensal", "mensalidade", "valor recorrente", "recorrência", "mrr")),
    ImportField("currency", _("Currency"), synonyms=("moeda",)),
    ImportField("rate", _("Exchange rate"), FieldType.NUMBER, ("câmbio", "taxa de câmbio", "cotação")),
    ImportField("payment_terms", _("Payment terms"), synonyms=("condições de pagamento", "forma de pagamento", "pagamento", "payment terms")),
    ImportField("notes", _("Notes for the customer"), synonyms=("observações", "observação", "obs", "termos", "terms and conditions")),
    ImportField("decline_reason", _("Reason for declining"), synonyms=("motivo da perda", "motivo da rejeição", "motivo da não aprovação", "loss reason")),
    ImportField("owner", _("Salesperson (e-mail or name)"), synonyms=("vendedor", "responsável", "consultor", "quote owner", "owner")),
)  # fmt: skip

LINE_FIELDS = (
    ImportField("quote", _("Quote: external id or number"), FieldType.IDENTIFIER,
                ("id da proposta", "proposta", "número da proposta", "nº da proposta", "orçamento", "número do orçamento", "número", "quote id",
                 "quote number", "proposal id"), required=True, identity=True),
    ImportField("external_id", _("Line: number or id"), FieldType.IDENTIFIER,
                ("item", "linha", "sequência", "nº do item", "id do item", "line item id", "line"), required=True, identity=True, max_length=150),
    ImportField("product", _("Product: external id or SKU"), FieldType.IDENTIFIER,
                ("product id", "id do produto", "código do produto", "produto", "sku", "product code")),
    ImportField("description", _("Description"), synonyms=("descrição", "nome do produto", "descrição do item", "product name")),
    ImportField("details", _("Details"), synonyms=("detalhes", "especificação", "details")),
    ImportField("quantity", _("Quantity"), FieldType.NUMBER, ("quantidade", "qtd", "qtde", "qty")),
    ImportField("unit_price", _("Unit price"), FieldType.NUMBER,
                ("preço", "preço unitário", "valor unitário", "valor", "list price", "price"), help=_("Empty: the product's price of today.")),
    ImportField("discount_percent", _("Discount in %"), FieldType.NUMBER, ("desconto %", "% desconto", "desconto (%)", "discount %")),
    ImportField("discount", _("Discount"), FieldType.NUMBER, ("desconto", "valor do desconto", "desconto (r$)"),
                help=_("An amount, off the whole line.")),
    ImportField("tax_rate", _("Tax %"), FieldType.NUMBER, ("imposto", "imposto (%)", "alíquota", "tax")),
    ImportField("billing", _("Charged"), FieldType.CHOICE, ("cobrança", "periodicidade", "recorrência", "billing"), choices=BILLINGS),
    ImportField("is_optional", _("Optional"), FieldType.BOOLEAN, ("opcional", "item opcional")),
    ImportField("is_chosen", _("Chosen"), FieldType.BOOLEAN, ("escolhido", "incluído", "selecionado"),
                help=_("Of optional lines: whether the customer takes it. Only chosen lines count.")),
)  # fmt: skip
