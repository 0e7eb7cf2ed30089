"""What the workplace itself plugs into its registries and into the layers below."""
