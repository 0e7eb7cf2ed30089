"""The API of scores and routing."""

from ninja import Router

router = Router()
