"""What customers buy: products, orders, payments, returns, and the figures that follow from them."""
