"""What the timeline plugs into the layers below."""
