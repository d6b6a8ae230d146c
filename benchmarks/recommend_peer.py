"""Surprise and implicit on the files of recommend.py; prints a JSON object of CPU seconds, answers go beside them.

python recommend_peer.py FOLDER STEP
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

CUSTOMERS = 15  # whose lists Surprise makes; the rest is extrapolated


def surprise(folder: Path, name: str, user_based: bool, sample: bool) -> dict[str, float]:
    """Fit and predict every pair of the test set; or lists for a few customers."""
    import pandas as pd
    from surprise import Dataset, KNNBasic, Reader

    data = np.load(folder / f"{name}.npz")
    frame = pd.DataFrame({key: data[key] for key in ("customer", "item", "stars")})
    start = time.process_time()
    train = Dataset.load_from_df(frame, Reader(rating_scale=(0.5, 5))).build_full_trainset()
    read = time.process_time()
    model = KNNBasic(sim_options={"name": "cosine", "user_based": user_based}, verbose=False).fit(train)
    fitted = time.process_time()
    if sample:
        people = np.random.default_rng(1).choice(np.unique(data["customer"]), CUSTOMERS, replace=False).tolist()
        items = np.unique(data["item"]).tolist()
        scores = []
        fitted = time.process_time()
        for person in people:
            taken = {train.to_raw_iid(item) for item, _ in train.ur[train.to_inner_uid(person)]}
            found = [model.predict(person, item) for item in items if item not in taken]
            found = [answer for answer in found if not answer.details["was_impossible"]]
            scores.append(sorted(-answer.est for answer in found)[:10])
        done = time.process_time()
        np.savez(folder / "peer_lists.npz", people=people, scores=-np.array(scores))
        return {"all lists": (done - fitted) / CUSTOMERS * len(np.unique(data["customer"]))}
    pairs = zip(data["test_customer"].tolist(), data["test_item"].tolist(), strict=True)
    answers = [model.predict(customer, item).est for customer, item in pairs]
    done = time.process_time()
    np.save(folder / f"peer_{name}_{user_based}.npy", np.array(answers))
    return {"read": read - start, "fit": fitted - read, "predict": done - fitted}


def implicit(folder: Path) -> dict[str, float]:
    """Fit cosine item neighbours and recommend 10 to all, 1 thread."""
    from implicit.nearest_neighbours import CosineRecommender
    from scipy import sparse

    data = np.load(folder / "implicit.npz")
    taken = sparse.csr_matrix((np.ones(len(data["items"]), np.float32), data["items"], data["starts"]))
    start = time.process_time()
    model = CosineRecommender(K=41, num_threads=1)  # itself is one of them
    model.fit(taken, show_progress=False)
    fitted = time.process_time()
    for low in range(0, taken.shape[0], 10_000):
        part = np.arange(low, min(low + 10_000, taken.shape[0]))
        model.recommend(part, taken[part], N=10)
    done = time.process_time()
    np.save(folder / "peer_similar.npy", np.sort(model.similarity[:200].toarray(), axis=1)[:, :-42:-1])
    return {"fit": fitted - start, "recommend": done - fitted}


if __name__ == "__main__":
    _program, folder_name, step, *rest = sys.argv
    if step == "implicit":
        seconds = implicit(Path(folder_name))
    else:
        seconds = surprise(Path(folder_name), step, rest[0] == "customers", rest[1:] == ["lists"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"seconds": seconds, "peak": peak}))
