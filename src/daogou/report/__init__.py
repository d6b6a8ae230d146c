"""The page that a marketer reads. It renders contexts and decides nothing."""
