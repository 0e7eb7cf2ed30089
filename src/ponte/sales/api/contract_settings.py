"""The API of the reminders of contracts and of the signature service, for who may change the settings of sales."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from ninja import Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.core.errors import Missing
from ponte.sales.api.contract_settings_schemas import (
    ContractSettingsIn,
    ContractSettingsOut,
    SignatureServiceIn,
    SignatureServiceOut,
)
from ponte.sales.contract_settings import ContractSettings, load_contract_settings
from ponte.sales.models.signature_service import SignatureService
from ponte.sales.policies import check_sales_settings
from ponte.sales.services.contract_settings import save_contract_settings
from ponte.sales.services.signature_services import (
    hook_path,
    remove_signature_service,
    save_signature_service,
)

router = Router(tags=["contracts"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")


@router.get("/contract-settings", auth=READ, response=ContractSettingsOut)
def get_contract_settings(request: ApiRequest) -> Any:
    """How long before a readjustment one is told. Who approves: `/approval-steps`."""
    check_sales_settings(request.actor)
    return load_contract_settings()


@router.put("/contract-settings", auth=WRITE, response=ContractSettingsOut)
def put_contract_settings(request: ApiRequest, data: ContractSettingsIn) -> Any:
    """Say how long before a readjustment one is told."""
    told = ContractSettings(data.alert_days)
    save_contract_settings(actor=request.actor, settings=told)
    return told


@router.get("/signature-service", auth=READ, response=SignatureServiceOut)
def get_signature_service(request: ApiRequest) -> Any:
    """The service contracts may be signed at, without its secrets; 404 where none is set up."""
    check_sales_settings(request.actor)
    row = SignatureService.objects.first()
    if row is None:
        raise Missing
    return _shown(request, row)


@router.put("/signature-service", auth=WRITE, response=SignatureServiceOut)
def put_signature_service(request: ApiRequest, data: SignatureServiceIn) -> Any:
    """Choose the service. Its address must be one the installation may reach."""
    return _shown(request, save_signature_service(actor=request.actor, **data.dict()))


@router.delete("/signature-service", auth=WRITE, response={204: None})
def delete_signature_service(request: ApiRequest) -> Any:
    """Forget the service and its secrets."""
    remove_signature_service(actor=request.actor)
    return Status(204, None)


def _shown(request: ApiRequest, row: SignatureService) -> dict[str, Any]:
    base = settings.PONTE_URL or request.build_absolute_uri("/")
    return {
        "url": row.url,
        "is_active": row.is_active,
        "has_token": bool(row.sealed_token),
        "has_secret": bool(row.sealed_secret),
        "hook": base.rstrip("/") + hook_path(row),
    }
