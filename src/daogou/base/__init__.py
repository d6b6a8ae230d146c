"""What every room shares and that knows nothing of storage: clock, errors, estimates, words."""
