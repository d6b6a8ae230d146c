"""Who the customers are: features at a moment, RFM, clusters, and who needs attention now."""
