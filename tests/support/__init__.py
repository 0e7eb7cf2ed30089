"""What tests across modules share."""
