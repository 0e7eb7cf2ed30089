"""How the directory reacts to what happens elsewhere."""
