"""What past campaigns reached, brought and cost. Arrays in, one Estimate out."""
