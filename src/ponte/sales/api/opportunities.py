"""The API of opportunities and pipelines."""

from ninja import Router

router = Router()
