"""The directory: people and companies, who they are and how to reach them."""
