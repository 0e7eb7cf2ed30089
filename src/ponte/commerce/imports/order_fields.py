"""Where the columns of files of orders, lines and payments can go, with the headers they are known by."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import OrderStatus, PaymentKind, SalesChannel
from ponte.directory.import_customers import CUSTOMER_FIELDS
from ponte.workplace.importing import FieldType, ImportField

STATUSES: Mapping[str, tuple[str, ...]] = {
    OrderStatus.DRAFT: ("rascunho", "orçamento"),
    OrderStatus.PLACED: (
        "realizado",
        "criado",
        "created",
        "aberto",
        "pendente",
        "novo",
        "aguardando pagamento",
        "pending",
    ),
    OrderStatus.APPROVED: ("aprovado", "pago", "paid"),
    OrderStatus.PROCESSING: ("em preparação", "em separação", "processando", "preparando"),
    OrderStatus.INVOICED: ("faturado", "nota emitida"),
    OrderStatus.SHIPPED: ("enviado", "despachado", "em transporte", "a caminho"),
    OrderStatus.DELIVERED: ("entregue", "concluído", "finalizado", "completed"),
    OrderStatus.CANCELLED: ("cancelado", "canceled", "estornado", "refunded"),
    OrderStatus.UNAVAILABLE: ("indisponível", "sem estoque"),
}
CHANNELS: Mapping[str, tuple[str, ...]] = {
    SalesChannel.STORE: ("loja", "loja física", "balcão"),
    SalesChannel.SALES: ("equipe de vendas", "vendedor", "representante"),
    SalesChannel.WEBSITE: ("site", "e-commerce", "loja virtual", "online"),
    SalesChannel.MARKETPLACE: ("mercado livre", "amazon", "shopee", "olist"),
    SalesChannel.PHONE: ("telefone", "televendas"),
    SalesChannel.WHATSAPP: ("whats",),
    SalesChannel.OTHER: ("outro", "outros"),
}
PAYMENT_KINDS: Mapping[str, tuple[str, ...]] = {
    PaymentKind.PIX: (),
    PaymentKind.CREDIT_CARD: ("cartão de crédito", "crédito", "credit card", "cartao"),
    PaymentKind.DEBIT_CARD: ("cartão de débito", "débito", "debit card"),
    PaymentKind.BOLETO: ("boleto bancário",),
    PaymentKind.TRANSFER: ("transferência", "ted", "doc", "depósito"),
    PaymentKind.CASH: ("dinheiro", "à vista"),
    PaymentKind.VOUCHER: ("vale", "vale-compra", "cupom", "gift card"),
    PaymentKind.OTHER: ("outro", "outros", "not_defined", "não informado"),
}
_ORDER = ImportField(
    "order", _("Order: external id"), FieldType.IDENTIFIER,
    ("order id", "id do pedido", "pedido", "número do pedido", "código do pedido"), required=True, identity=True,
)  # fmt: skip

ORDER_FIELDS = (
    ImportField("external_id", _("External id"), FieldType.IDENTIFIER,
                ("order id", "id do pedido", "pedido", "número do pedido", "código do pedido", "id"), required=True,
                identity=True, max_length=150),
    ImportField("number", _("Number"), FieldType.IDENTIFIER, ("número", "nº", "numero"), max_length=60),
    *CUSTOMER_FIELDS,
    ImportField("status", _("Status"), FieldType.CHOICE, ("status", "order status", "situação", "status do pedido"),
                choices=STATUSES),
    ImportField("placed_at", _("Placed at"), FieldType.MOMENT,
                ("data", "data do pedido", "data da compra", "order purchase timestamp", "emissão", "created at", "data de criação"),
                required=True),
    ImportField("approved_at", _("Approved at"), FieldType.MOMENT, ("order approved at", "data de aprovação", "data do pagamento")),
    ImportField("invoiced_at", _("Invoiced at"), FieldType.MOMENT, ("data de faturamento", "data da nota")),
    ImportField("shipped_at", _("Shipped at"), FieldType.MOMENT,
                ("order delivered carrier date", "data de envio", "enviado em", "data da postagem")),
    ImportField("delivered_at", _("Delivered at"), FieldType.MOMENT,
                ("order delivered customer date", "data de entrega", "entregue em")),
    ImportField("expected_at", _("Delivery expected"), FieldType.MOMENT,
                ("order estimated delivery date", "previsão de entrega", "entrega prevista")),
    ImportField("cancelled_at", _("Cancelled at"), FieldType.MOMENT, ("data de cancelamento", "cancelado em")),
    ImportField("channel", _("Sales channel"), FieldType.CHOICE, ("canal", "canal de venda", "origem"), choices=CHANNELS),
    ImportField("currency", _("Currency"), synonyms=("moeda",)),
    ImportField("rate", _("Exchange rate"), FieldType.NUMBER, ("câmbio", "taxa de câmbio", "cotação")),
    ImportField("invoice_number", _("Invoice number"), FieldType.IDENTIFIER, ("nota fiscal", "nf", "número da nota")),
    ImportField("invoice_key", _("NF-e key"), FieldType.IDENTIFIER, ("chave nf-e", "chave da nota", "chave de acesso")),
    ImportField("notes", _("Notes"), synonyms=("observações", "observação", "obs", "comentários")),
)  # fmt: skip

LINE_FIELDS = (
    _ORDER,
    ImportField("external_id", _("Line: number or id"), FieldType.IDENTIFIER,
                ("order item id", "item", "linha", "sequência", "id do item", "nº do item"), required=True, identity=True),
    ImportField("product", _("Product: external id or SKU"), FieldType.IDENTIFIER,
                ("product id", "id do produto", "código do produto", "produto", "sku")),
    ImportField("description", _("Description"), synonyms=("descrição", "nome do produto", "descrição do item")),
    ImportField("quantity", _("Quantity"), FieldType.NUMBER, ("quantidade", "qtd", "qtde", "qty")),
    ImportField("unit_price", _("Unit price"), FieldType.NUMBER,
                ("price", "preço", "preço unitário", "valor unitário", "valor")),
    ImportField("discount", _("Discount"), FieldType.NUMBER, ("desconto", "valor do desconto")),
    ImportField("freight", _("Freight"), FieldType.NUMBER, ("frete", "freight value", "valor do frete")),
    ImportField("unit_cost", _("Unit cost"), FieldType.NUMBER, ("custo", "custo unitário")),
    ImportField("seller", _("Seller: external id"), FieldType.IDENTIFIER, ("seller id", "id do vendedor", "lojista"),
                help=_("A company imported before")),
)  # fmt: skip

PAYMENT_FIELDS = (
    _ORDER,
    ImportField("external_id", _("Payment: number or id"), FieldType.IDENTIFIER,
                ("payment sequential", "sequência", "id do pagamento", "transação", "transaction id"), required=True,
                identity=True),
    ImportField("kind", _("Kind of payment"), FieldType.CHOICE,
                ("payment type", "forma de pagamento", "tipo de pagamento", "meio de pagamento", "tipo"), required=True,
                choices=PAYMENT_KINDS),
    ImportField("instalments", _("Instalments"), FieldType.INTEGER, ("payment installments", "parcelas", "nº de parcelas")),
    ImportField("value", _("Value"), FieldType.NUMBER, ("payment value", "valor", "valor pago", "valor do pagamento"),
                required=True),
    ImportField("paid_at", _("Paid at"), FieldType.MOMENT, ("data do pagamento", "pago em", "data")),
)  # fmt: skip
