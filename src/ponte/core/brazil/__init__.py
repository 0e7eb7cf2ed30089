"""How Brazilians write phones, documents, postal codes, numbers and dates, and how Ponte stores them."""
