"""A signature service that speaks as Clicksign does (its API of version 1): documents, signers, lists, notifications, webhooks."""
