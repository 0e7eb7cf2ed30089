"""The customer's own pages of quotes."""

from django.urls import path

from ponte.sales.views import public_quotes

urlpatterns = [
    path("public/quotes/<str:token>/", public_quotes.page, name="sales_quote"),
    path("public/quotes/<str:token>/pdf/", public_quotes.pdf, name="sales_quote_pdf"),
]
