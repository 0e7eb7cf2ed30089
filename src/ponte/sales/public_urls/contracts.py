"""The signers' own pages of contracts."""

from django.urls import path

from ponte.sales.views import public_contracts

urlpatterns = [
    path("public/contracts/<str:token>/", public_contracts.page, name="sales_contract"),
    path("public/contracts/<str:token>/pdf/", public_contracts.pdf, name="sales_contract_pdf"),
]
