"""The API: every module's routes under one roof."""

from importlib import import_module

from ponte.apikit.api import PonteApi
from ponte.config.modules import modules_with

api = PonteApi()
for routes in modules_with("api.routes"):
    api.add_router("", import_module(routes).router)
