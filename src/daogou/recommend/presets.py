"""Presets: settings of ``[recommend]`` that fit a trade; what the company writes itself comes before them."""

from collections.abc import Mapping
from typing import Any, Literal

Preset = Literal["", "news", "social", "finance"]

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "news": {  # what is read next, while it is fresh
        "learn_from": ["read", "viewed", "clicked"],
        "models": ["SequentialKNN", "ItemKNN"],
        "half_life": 3.0,
        "popular_half_life": 0.5,
        "window": 3,
        "min_support": 2,
        "holdout_days": 2,
        "most_a_category": 4,
    },
    "social": {  # what people of one interest like
        "learn_from": ["liked", "followed", "shared", "commented", "favourited"],
        "models": ["ItemKNN", "UserKNN"],
        "half_life": 30.0,
        "popular_half_life": 7.0,
        "min_support": 2,
        "holdout_days": 7,
        "most_a_category": 4,
    },
    "finance": {  # only what suits the customer's preference for risk
        "learn_from": ["bought"],
        "models": ["ItemKNN"],
        "half_life": 365.0,
        "popular_half_life": 90.0,
        "min_support": 2,
        "holdout_days": 90,
        "risk_preference": "risk_preference",
        "risk_valid_until": "risk_valid_until",
    },
}


def with_preset(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` of the section over those of the preset that it names.

    >>> with_preset({"preset": "news", "window": 5})["window"]
    5
    """
    name = values.get("preset")
    return {**(PRESETS.get(name, {}) if isinstance(name, str) else {}), **values}
