"""Makes surprise_answers.npz: made-up ratings and what Surprise 1.1.5 foresees from them. Run where scikit-surprise is.

python benchmarks/surprise_answers.py
"""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from surprise import Dataset, KNNBasic, KNNWithMeans, Reader

ANSWERS = Path(__file__).parents[1] / "tests" / "recommend" / "surprise_answers.npz"
CASES = [
    {"user_based": user_based, "similarity": similarity, "centered": centered, **numbers}
    for user_based, similarity, centered, numbers in product(
        (True, False),
        ("cosine", "msd", "pearson"),
        (False, True),
        ({"k": 5, "min_k": 1, "min_support": 1}, {"k": 40, "min_k": 3, "min_support": 3}),
    )
]


def ratings(grid):
    """Ratings in the order of rows, half stars or on no grid, with many ties; one person and one item rated once."""
    chance = np.random.default_rng(5)
    pairs = np.unique(np.column_stack([chance.integers(0, 15, 200), chance.geometric(0.1, 200) % 18]), axis=0)
    pairs = chance.permutation(np.vstack([pairs, [[15, 0], [0, 18]]]))
    stars = np.clip(chance.integers(1, 11, 16)[pairs[:, 0]] + chance.integers(-4, 5, len(pairs)), 1, 10) / 2
    return pairs[:, 0], pairs[:, 1], stars if grid else stars * 0.7 + chance.random(len(pairs)) / 10


def main():
    customers, items = (side.ravel() for side in np.meshgrid(np.arange(17), np.arange(20), indexing="ij"))
    answers = {"cases": np.array(json.dumps(CASES)), "customers": customers, "items": items}
    for grid in (True, False):
        frame = pd.DataFrame(dict(zip(("customer", "item", "stars"), ratings(grid), strict=True)))
        kind = "grid" if grid else "floats"
        answers |= {f"{kind}_{name}": frame[name].to_numpy() for name in frame.columns}
        scale = (frame["stars"].min(), frame["stars"].max())
        data = Dataset.load_from_df(frame, Reader(rating_scale=scale)).build_full_trainset()
        for place, case in enumerate(CASES):
            model = (KNNWithMeans if case["centered"] else KNNBasic)(
                k=case["k"],
                min_k=case["min_k"],
                sim_options={
                    "name": case["similarity"],
                    "user_based": case["user_based"],
                    "min_support": case["min_support"],
                },
                verbose=False,
            ).fit(data)
            if np.isnan(model.sim).any():
                raise SystemExit("a similarity of Surprise is NaN: choose other ratings")
            found = [model.predict(c, i).est for c, i in zip(customers.tolist(), items.tolist(), strict=True)]
            answers[f"{kind}_{place}"] = np.array(found)
    np.savez_compressed(ANSWERS, **answers)


if __name__ == "__main__":
    main()
