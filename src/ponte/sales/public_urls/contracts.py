"""The signers' own pages of contracts."""

from django.urls import path

from ponte.sales.views import public_contracts, signature_hooks

urlpatterns = [
    path("public/contracts/service/<str:token>/", signature_hooks.hook, name="sales_signature_hook"),
    path("public/contracts/<str:token>/", public_contracts.page, name="sales_contract"),
    path("public/contracts/<str:token>/pdf/", public_contracts.pdf, name="sales_contract_pdf"),
]
