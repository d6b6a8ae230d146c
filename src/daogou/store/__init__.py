"""Where Daogou keeps things: contracts, warehouse, ledger, artefacts and release."""
