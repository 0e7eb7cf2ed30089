"""Addresses of discount limits and approval."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.views import approvals, discount_settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("approvals/", approvals.pending, name="approvals"),
    path("approvals/block/", approvals.block, name="approvals_block"),
    path("approvals/<uuid:approval_id>/", approvals.approval, name="approval"),
    path("quotes/approvals/", approvals.former, name="quote_approvals_former"),
    path("quotes/approvals/<uuid:approval_id>/", approvals.former, name="quote_approval_former"),
    path("quotes/<uuid:quote_id>/approval/ask/", approvals.ask, name="approval_ask"),
    path("quotes/<uuid:quote_id>/approval/cancel/", approvals.cancel, name="approval_cancel"),
    path(
        "contracts/<uuid:contract_id>/approval/cancel/",
        approvals.cancel_contract,
        name="contract_approval_cancel",
    ),
    path("settings/discounts/", discount_settings.overview, name="discounts"),
    path("settings/discounts/roles/<uuid:role_id>/", discount_settings.limit, name="discount_limit"),
    path("settings/discounts/<slug:kind>/steps/new/", discount_settings.new_step, name="approval_step_new"),
    path("settings/discounts/<slug:kind>/steps/order/", discount_settings.order, name="approval_step_order"),
    path("settings/discounts/<slug:kind>/days/", discount_settings.days, name="approval_days"),
    path("settings/discounts/steps/<uuid:step_id>/", discount_settings.step, name="approval_step"),
    path(
        "settings/discounts/steps/<uuid:step_id>/delete/",
        discount_settings.delete_step,
        name="approval_step_delete",
    ),
]
