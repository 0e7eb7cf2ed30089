"""How alike two customers are: a scorer after Fellegi and Sunter, without a database (ADR on duplicates)."""
