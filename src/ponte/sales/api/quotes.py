"""The API of quotes and contracts."""

from ninja import Router

router = Router()
