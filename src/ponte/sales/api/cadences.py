"""The API of cadences, territories and account plans."""

from ninja import Router

router = Router()
