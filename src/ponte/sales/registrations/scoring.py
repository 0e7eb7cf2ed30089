"""What scores and routing plug into the layers below."""
