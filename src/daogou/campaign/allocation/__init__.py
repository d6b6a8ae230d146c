"""The parts of the allocation: limits, rows, prices, rounding, exchange and the answer."""
