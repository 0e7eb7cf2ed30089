"""What goals, forecasts and figures plug into the layers below."""
