"""How data are written well in Brazil: names, e-mails, phones, addresses. Pure functions of texts."""
