"""Addresses of commerce, mounted at the root of a workspace."""

from django.urls import URLPattern, URLResolver, path

from ponte.commerce.tables.orders import ORDERS
from ponte.commerce.tables.parts import PARTS
from ponte.commerce.tables.products import PRODUCTS
from ponte.commerce.views import bundles, categories, order_acts, orders, price_lists, products
from ponte.workplace.views.lists import list_view

app_name = "commerce"

urlpatterns: list[URLPattern | URLResolver] = [
    path("products/", list_view(PRODUCTS), name="products"),
    path("products/new/", products.create, name="product_new"),
    path("products/parts/", list_view(PARTS), name="parts"),
    path("products/pick/", products.pick, name="pick_product"),
    path("products/categories/", categories.tree, name="categories"),
    path("products/categories/new/", categories.create, name="category_new"),
    path("products/categories/<uuid:category_id>/edit/", categories.edit, name="category_edit"),
    path("products/categories/<uuid:category_id>/delete/", categories.delete, name="category_delete"),
    path("products/<uuid:product_id>/", products.detail, name="product"),
    path("products/<uuid:product_id>/edit/", products.edit, name="product_edit"),
    path("products/<uuid:product_id>/delete/", products.delete, name="product_delete"),
    path("products/<uuid:product_id>/offer/", products.offer, name="offer"),
    path("products/<uuid:product_id>/parts/", bundles.compose, name="bundle"),
    path("products/<uuid:product_id>/split/", bundles.split, name="split"),
    path("settings/prices/", price_lists.overview, name="price_lists"),
    path("settings/prices/new/", price_lists.edit, name="price_list_new"),
    path("settings/prices/order/", price_lists.order, name="price_list_order"),
    path("settings/prices/<uuid:price_list_id>/", price_lists.items, name="price_list"),
    path("settings/prices/<uuid:price_list_id>/edit/", price_lists.edit, name="price_list_edit"),
    path("settings/prices/<uuid:price_list_id>/bring/", price_lists.bring, name="price_list_bring"),
    path("settings/prices/<uuid:price_list_id>/delete/", price_lists.delete, name="price_list_delete"),
    path("orders/", list_view(ORDERS), name="orders"),
    path("orders/new/", orders.create, name="order_new"),
    path("orders/<uuid:order_id>/", orders.detail, name="order"),
    path("orders/<uuid:order_id>/edit/", orders.edit, name="order_edit"),
    path("orders/<uuid:order_id>/status/", order_acts.status, name="order_status"),
    path("orders/<uuid:order_id>/pay/", order_acts.pay, name="order_pay"),
    path("orders/<uuid:order_id>/payments/<uuid:payment_id>/delete/", order_acts.unpay, name="order_unpay"),
    path("orders/<uuid:order_id>/return/", order_acts.give_back, name="order_return"),
    path("orders/<uuid:order_id>/returns/<uuid:return_id>/delete/", order_acts.ungive, name="order_unreturn"),
    path("orders/<uuid:order_id>/delete/", order_acts.delete, name="order_delete"),
    path("orders/<uuid:order_id>/restore/", order_acts.restore, name="order_restore"),
    path("customers/<uuid:party_id>/orders/", orders.panel, name="orders_panel"),
]
