"""What every uplift model has in common: checks, columns, reasons, and bytes to keep it in."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import Raw, Vector, framed
from daogou.predict.base import Predictor
from daogou.predict.boosted import Boosted
from daogou.predict.columns import RARE, Codes, Columns, Matrix
from daogou.predict.contributions import Contributions
from daogou.predict.linear import Linear, Logistic
from daogou.predict.uplift_reach import Outside, Reach, outside
from daogou.predict.uplift_trial import Trial

_BLOCK = 65_536  # rows that are turned into matrices at once
_ORDERS = 8  # orders of columns that a reason is averaged over, each with its reverse

FEWEST = 20  # rows below which no tree is grown

Base = Literal["linear", "boosted"]


@dataclass
class UpliftModel(ABC):
    """What each action changes in the outcome of each customer, learned from people who got it and people who did not.

    A frame is anything that the predictors take: numbers, booleans, texts or dates, missing in places. ``base`` says
    what is under it: lines, whose difference between customers is shrunk as far as the data asks for, or LightGBM.
    Fields are parameters and never change; what ``fit`` learns ends with an underscore.
    """

    base: Base = "linear"
    seed: int = 20170101

    def __post_init__(self) -> None:
        if self.base not in ("linear", "boosted"):
            raise ValueError(f"base must be 'linear' or 'boosted', not {self.base!r}")

    def fit(
        self,
        frame: Raw,
        treated: ArrayLike,
        outcome: ArrayLike,
        propensity: ArrayLike | None = None,
        units: ArrayLike | None = None,
    ) -> Self:
        """Learn from ``frame``, who was ``treated``, and what came of it; each with one value a row.

        ``treated`` is 0 (or "control", "holdout") for the control group; every other value is an arm. The outcome is an
        event (0 and 1, no and yes) or any number. ``propensity`` is the probability to be treated: one number, one a
        row, or with several arms (rows, arms); without it lots are taken to be alike for all. It weighs in XLearner and
        DRLearner; the other two need none, as long as it depends on the columns alone. ``units`` names what lots were
        drawn by where that was not the row, such as a household: DRLearner then foretells no row by its own unit.

        Raises:
            ValueError: what :meth:`Trial.read` refuses, or a column that holds neither numbers, texts nor dates.
        """
        data = framed(frame)
        trial = Trial.read(treated, outcome, propensity, len(data), units)
        native = data.to_native()
        self.columns_ = Columns.learn(native, rare=min(RARE, max(len(data) // 50, 1)))
        numbers, codes = self.columns_.numbers_of(native), self.columns_.codes_of(native)
        self.arms_, self.binary_ = trial.names, trial.binary
        self.reach_ = Reach.learn(numbers, codes)
        self._fit(numbers, codes, trial)
        return self

    def effect(self, frame: Raw) -> Vector:
        """What the action adds to the expected outcome: shape (rows,), or (rows, arms) where there are several.

        For an event it is a difference of probabilities, so 0.05 is five more in a hundred. ``arms_`` names the arms.
        Values that the trial never held count as the nearest that it did; :meth:`outside` tells how many such rows.

        Raises:
            ValueError: the model is not fitted, or a column that it learned from is absent.
        """
        self._need_fit()
        told = np.vstack([self._effect(*self.reach_.nearest(*block)) for block in self._blocks(frame)])
        return told[:, 0] if len(self.arms_) == 1 else told

    def outside(self, frame: Raw) -> Outside:
        """Which share of the rows holds a number beyond the trial's range, or a text or a gap that it never held.

        Raises:
            ValueError: what :meth:`effect` raises.
        """
        self._need_fit()
        parts = [self.reach_.beyond(self.columns_, *block) for block in self._blocks(frame)]
        return outside(len(framed(frame, self.columns_.names)), parts)

    def contributions(self, frame: Raw, arm: int = 0) -> Contributions:
        """What each column adds to each row's effect of one arm, against a customer with the usual value of each.

        Shapley values by columns that are changed one by one, in a few orders and their reverse, so that they add up
        exactly. A row costs columns times orders predictions: explain lists of people, not everybody.
        Source: Strumbelj and Kononenko (2014).

        Raises:
            ValueError: what :meth:`effect` raises, or there is no such arm.
        """
        self._need_fit()
        if not 0 <= arm < len(self.arms_):
            raise ValueError(f"arm must be 0 to {len(self.arms_) - 1}, not {arm}: {', '.join(self.arms_)}")
        data = framed(frame, self.columns_.names).to_native()
        numbers, codes = self.reach_.nearest(self.columns_.numbers_of(data), self.columns_.codes_of(data))
        owners = np.array(self.columns_.owners, dtype=object)
        names = tuple(dict.fromkeys(owners))
        width, usual, mode = numbers.shape[1], self.reach_.usual, self.reach_.mode
        base = float(self._effect(usual[None, :], mode[None, :])[0, arm])
        added = np.zeros((len(numbers), len(names)))
        chance = np.random.default_rng(self.seed)
        orders = [way for _n in range(_ORDERS) for way in _both_ways(chance.permutation(len(names)))]
        for order in orders if len(numbers) else ():
            at, coded = np.tile(usual, (len(numbers), 1)), np.tile(mode, (len(numbers), 1))
            before = np.full(len(numbers), base)
            for place in order:
                mine = owners == names[place]
                at[:, mine[:width]] = numbers[:, mine[:width]]
                coded[:, mine[width:]] = codes[:, mine[width:]]
                now = self._effect(at, coded)[:, arm]
                added[:, place] += now - before
                before = now
        return Contributions(names, added / len(orders), base, "value")

    def to_bytes(self) -> bytes:
        """The fitted model as JSON, without pickle; :meth:`from_bytes` reads it back, bit for bit."""
        self._need_fit()
        kept = {
            "kind": type(self).__name__,
            "parameters": asdict(self),
            "columns": asdict(self.columns_),
            "arms": self.arms_,
            "binary": self.binary_,
            "reach": self.reach_.state(),
            "state": self._state(),
        }
        return json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` kept; ``UpliftModel.from_bytes`` reads any kind.

        Raises:
            ValueError: the bytes hold another kind of model.
        """
        kept = json.loads(data)
        kinds = {kind.__name__: kind for kind in (cls, *cls.__subclasses__())}
        if kept["kind"] not in kinds:
            raise ValueError(f"these bytes hold a {kept['kind']}, not a {cls.__name__}")
        model = kinds[kept["kind"]](**kept["parameters"])
        model.columns_ = Columns.restore(kept["columns"])
        model.arms_, model.binary_ = tuple(kept["arms"]), kept["binary"]
        model.reach_ = Reach.restore(kept["reach"])
        model._restore(kept["state"])
        return model

    def _blocks(self, frame: Raw) -> Iterator[tuple[Matrix, Codes]]:
        """The rows as matrices, some at a time; one empty block where there are none."""
        data = framed(frame, self.columns_.names)
        for start in range(0, max(len(data), 1), _BLOCK):
            block = data[start : start + _BLOCK].to_native()
            yield self.columns_.numbers_of(block), self.columns_.codes_of(block)

    def _need_fit(self) -> None:
        if not hasattr(self, "columns_"):
            raise ValueError("fit the model first")

    @abstractmethod
    def _fit(self, numbers: Matrix, codes: Codes, trial: Trial) -> None: ...

    @abstractmethod
    def _effect(self, numbers: Matrix, codes: Codes) -> Matrix:
        """Shape (rows, arms)."""

    @abstractmethod
    def _state(self) -> Any:
        """What was learned, as JSON can hold it."""

    @abstractmethod
    def _restore(self, state: Any) -> None: ...


def trees(seed: int, goal: Literal["event", "value"]) -> Boosted:
    """Trees that see most columns each: whether an effect differs is seen where the arm and a column meet."""
    return Boosted(trees=100, learning_rate=0.1, leaves=8, column_share=0.7, seed=seed, goal=goal)


def outcome_model(base: Base, seed: int, y: Vector, binary: bool) -> Predictor:
    """A new model of the outcome in one arm; a line where the outcome never changes there, or where it has few rows."""
    goal: Literal["event", "value"] = "event" if binary and np.ptp(y) > 0 else "value"
    if base == "boosted" and len(y) >= FEWEST:
        return trees(seed, goal)
    return Logistic() if goal == "event" else Linear(goal="value")


def outcome_models(
    base: Base, seed: int, columns: Columns, numbers: Matrix, codes: Codes, trial: Trial
) -> list[Predictor]:
    """A model of the outcome under control and under each arm, each from its own rows."""

    def fitted(arm: int) -> Predictor:
        mine = trial.arm == arm
        model = outcome_model(base, seed, trial.outcome[mine], trial.binary)
        model.columns_ = columns
        model._fit(numbers[mine], codes[mine], trial.outcome[mine])
        return model

    arms = range(len(trial.names) + 1)
    if base == "linear":
        return [fitted(arm) for arm in arms]
    with ThreadPoolExecutor(2) as pool:  # a model is one thread, so two at once give the same bits
        return list(pool.map(fitted, arms))


def outcomes(models: list[Predictor], numbers: Matrix, codes: Codes) -> Matrix:
    """What :func:`outcome_models` expect of each row, shape (rows, 1 + arms)."""
    return np.column_stack([model._predict(numbers, codes) for model in models])


def kept(model: Predictor) -> dict[str, Any]:
    """A model under another, without the columns that they share."""
    return {"kind": type(model).__name__, "parameters": asdict(model), "state": model._state()}


def restored(state: dict[str, Any], columns: Columns) -> Predictor:
    """What :func:`kept` told."""
    kinds: dict[str, type[Predictor]] = {kind.__name__: kind for kind in (Linear, Logistic, Boosted)}
    model = kinds[state["kind"]](**state["parameters"])
    model.columns_ = columns
    model._restore(state["state"])
    return model


def _both_ways(order: Any) -> tuple[Any, Any]:
    return order, order[::-1]
