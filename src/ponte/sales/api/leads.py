"""The API of leads and forms."""

from ninja import Router

router = Router()
