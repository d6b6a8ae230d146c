"""The company's own features, ``[profile.features.NAME]``, beside those of the catalogue."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base import calendar
from daogou.base.errors import DaogouError
from daogou.base.own_feature import COUNTED, OwnFeature, read_feature
from daogou.base.rule_check import Vocabulary, check
from daogou.base.words import gettext as _
from daogou.profile.settings import ProfileSettings, feature_place
from daogou.profile.totals import KEY
from daogou.store.engine import Engine
from daogou.store.own import own_values
from daogou.store.tables import PROFILES


def own_features(settings: ProfileSettings) -> list[OwnFeature]:
    """The features that the settings tell, in their order.

    Raises:
        DaogouError: one is none, or has the name of a feature of the catalogue.
    """
    made = []
    for name, told in settings.features.items():
        if name in PROFILES.names:
            raise DaogouError(
                _("there is a feature '{name}' already").format(name=name),
                feature_place(name),
                _("Choose another name."),
            )
        made.append(read_feature(name, told, feature_place(name)))
    return made


def of_own(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings, market: str) -> list[ir.Table]:
    """A table a feature: customer_id, as_of and its value in a column own_0, own_1 and so on.

    Raises:
        DaogouError: a feature is none, or names a festival that the calendar does not have.
    """
    tables = []
    known = Vocabulary({}, (), (), (), calendar.names(market, max(cuts).year))
    for number, feature in enumerate(own_features(settings)):
        check(feature.did, known, feature_place(feature.name))
        parts = [own_values(warehouse, feature, cut, market).mutate(as_of=ibis.date(cut.isoformat())) for cut in cuts]
        rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
        tables.append(rows.select(*KEY, **{f"own_{number}": rows.value}))
    return tables


def own_map(rows: ir.Table, settings: ProfileSettings) -> ir.MapValue:
    """``PROFILES.own`` of rows that were joined with :func:`of_own`."""
    features = own_features(settings)
    if not features:
        return ibis.map(ibis.literal([], type="array<string>"), ibis.literal([], type="array<float64>"))
    values = [
        ibis.coalesce(rows[f"own_{n}"], 0.0) if feature.measure in COUNTED else rows[f"own_{n}"]
        for n, feature in enumerate(features)
    ]
    return ibis.map(ibis.array([feature.name for feature in features]), ibis.array(values))
