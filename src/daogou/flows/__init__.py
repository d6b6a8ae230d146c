"""One module a stage: it reads tables, calls rooms and writes tables."""
