"""Settings of predictions."""

from dataclasses import dataclass

from daogou.base.settings import setting


@dataclass(frozen=True)
class PredictSettings:
    """Section [predict] of daogou.toml."""

    categories: tuple[str, ...] = setting(
        (), "categories whose purchase is predicted; empty: the five with most buyers, neither rare nor universal"
    )
    purchase_days: int = setting(28, "days in which a purchase counts")
    inactive_days: int = setting(56, "days without any order that make a customer inactive")
    population_days: int = setting(84, "predictions are made for customers with an order in this many days")
    spacing_days: int = setting(28, "days between two past moments to learn from")
    history_days: int = setting(168, "days of orders that must lie before the first moment to learn from")
    test_days: int = setting(56, "latest days, kept aside to test the models on")
    train_moments: int = setting(8, "past moments to learn from at most, latest first")
    attributes: tuple[str, ...] = setting(
        (), "attributes of customers that models may use; empty: orders alone, so nobody is judged by who they are"
    )
    fewest_customers: int = setting(
        30, "customers for whom it happened, and for whom it did not, that must be known to show a number"
    )
    resamples: int = setting(400, "resamples of customers behind each interval")
    seed: int = setting(20170101, "seed of models and resamples")

    def __post_init__(self) -> None:
        for name in ("purchase_days", "inactive_days", "population_days", "spacing_days", "test_days", "train_moments"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if self.history_days < self.spacing_days:
            raise ValueError("history_days must be at least spacing_days")
        if self.fewest_customers < 10:
            raise ValueError("fewest_customers must be 10 or more: fewer say nothing about a model")
        if self.resamples < 100:
            raise ValueError("resamples must be 100 or more: fewer give no interval")
