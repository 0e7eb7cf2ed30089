"""Addresses of contracts and their settings."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.tables.contracts import CONTRACTS
from ponte.sales.views import (
    contract_acts,
    contract_changes,
    contract_signers,
    contract_templates,
    contracts,
    signature_service,
)
from ponte.workplace.views.lists import list_view

ONE = "contracts/<uuid:contract_id>/"
TEMPLATES = "settings/contracts/"
TEMPLATE = f"{TEMPLATES}<uuid:template_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/", list_view(CONTRACTS), name="contracts"),
    path("contracts/new/", contracts.create, name="contract_new"),
    path(ONE, contracts.detail, name="contract"),
    path(f"{ONE}edit/", contracts.edit, name="contract_edit"),
    path(f"{ONE}pdf/", contract_acts.pdf, name="contract_pdf"),
    path(f"{ONE}files/<int:edition>/<slug:stage>/", contract_acts.file, name="contract_file"),
    path(f"{ONE}submit/", contract_acts.submit, name="contract_submit"),
    path(f"{ONE}approve/", contract_acts.approve, name="contract_approve"),
    path(f"{ONE}refuse/", contract_acts.refuse, name="contract_refuse"),
    path(f"{ONE}send/", contract_acts.send, name="contract_send"),
    path(f"{ONE}reopen/", contract_acts.reopen, name="contract_reopen"),
    path(f"{ONE}cancel/", contract_acts.cancel, name="contract_cancel"),
    path(f"{ONE}end/", contract_acts.end, name="contract_end"),
    path(f"{ONE}amend/", contract_changes.amend, name="contract_amend"),
    path(f"{ONE}renew/", contract_changes.renew, name="contract_renew"),
    path(f"{ONE}readjust/", contract_changes.readjust, name="contract_readjust"),
    path(f"{ONE}versions/", contract_changes.versions, name="contract_versions"),
    path(f"{ONE}compose/", contract_acts.compose, name="contract_compose"),
    path(f"{ONE}delete/", contract_acts.delete, name="contract_delete"),
    path(f"{ONE}restore/", contract_acts.restore, name="contract_restore"),
    path(f"{ONE}signers/new/", contract_signers.add, name="contract_signer_new"),
    path(f"{ONE}signers/<uuid:signer_id>/", contract_signers.edit, name="contract_signer"),
    path(f"{ONE}signers/<uuid:signer_id>/remove/", contract_signers.remove, name="contract_signer_remove"),
    path(f"{ONE}signers/<uuid:signer_id>/link/", contract_signers.new_link, name="contract_signer_link"),
    path(f"{ONE}comment/", contract_signers.comment, name="contract_comment"),
    path(f"{ONE}remind/", contract_signers.remind, name="contract_remind"),
    path("customers/<uuid:party_id>/contracts/", contracts.panel, name="contracts_panel"),
    path(
        "opportunities/<uuid:opportunity_id>/contracts/",
        contracts.opportunity_panel,
        name="opportunity_contracts",
    ),
    path(TEMPLATES, contract_templates.overview, name="contract_templates"),
    path(f"{TEMPLATES}approval/", contract_templates.settings, name="contract_settings"),
    path(f"{TEMPLATES}service/", signature_service.service, name="signature_service"),
    path(f"{TEMPLATES}service/remove/", signature_service.remove, name="signature_service_remove"),
    path(f"{TEMPLATES}new/", contract_templates.new, name="contract_template_new"),
    path(TEMPLATE, contract_templates.template, name="contract_template"),
    path(f"{TEMPLATE}edit/", contract_templates.edit, name="contract_template_edit"),
    path(f"{TEMPLATE}archive/", contract_templates.archive, name="contract_template_archive"),
    path(f"{TEMPLATE}order/", contract_templates.order, name="contract_clause_order"),
    path(f"{TEMPLATE}preview/", contract_templates.preview, name="contract_template_preview"),
    path(f"{TEMPLATE}versions/<int:edition>/", contract_templates.version, name="contract_template_version"),
    path(f"{TEMPLATE}clauses/new/", contract_templates.clause_new, name="contract_clause_new"),
    path(f"{TEMPLATE}clauses/<uuid:clause_id>/", contract_templates.clause, name="contract_clause"),
    path(
        f"{TEMPLATE}clauses/<uuid:clause_id>/delete/",
        contract_templates.clause_delete,
        name="contract_clause_delete",
    ),
]
