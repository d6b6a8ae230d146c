"""Who gets which offer, who is left out at random, what it costs and what it can show."""
