"""Look (看数): each module answers one question of ``daogou look``, and hands on the people behind a figure."""
