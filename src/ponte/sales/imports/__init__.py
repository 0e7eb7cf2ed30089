"""What sales' files become: each area has a target of its own."""
