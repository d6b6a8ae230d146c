"""How files become facts."""
