"""Experiments: what a message changed, for whom, and how sure. Arrays in, one Estimate out."""
