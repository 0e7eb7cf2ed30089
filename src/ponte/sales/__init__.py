"""Selling: leads, opportunities, quotes and contracts, plans and forecasts."""
