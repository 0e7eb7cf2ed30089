"""What cadences, territories and account plans plug into the layers below."""
