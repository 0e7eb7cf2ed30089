"""Privacy: for what and how a customer may be contacted, with proof, and who may never be."""
