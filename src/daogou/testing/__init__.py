"""What contributors and tests build on: rows of any table told by a few values."""
