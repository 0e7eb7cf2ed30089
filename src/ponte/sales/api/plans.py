"""The API of goals, forecasts and figures."""

from ninja import Router

router = Router()
