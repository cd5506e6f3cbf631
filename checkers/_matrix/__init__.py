"""The accounts that a unit shows on its site."""
