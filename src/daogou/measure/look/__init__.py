"""Look (看数): what people did, counted in the ways that marketers ask, and who stands behind each figure."""
