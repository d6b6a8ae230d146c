"""Many readings at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from statsmodels.stats.multitest import multipletests

from daogou.base.estimate import Estimate
from daogou.measure.experiment.discovery import adjusted_p_values, p_value


@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)))
def test_it_is_benjamini_and_hochberg(p_values):
    np.testing.assert_allclose(adjusted_p_values(p_values), multipletests(p_values, method="fdr_bh")[1], atol=1e-12)


def test_what_is_not_known_counts_for_nothing():
    np.testing.assert_allclose(adjusted_p_values([0.01, np.nan, 0.04]), [0.02, np.nan, 0.04])
    assert len(adjusted_p_values([])) == 0


def test_p_values_of_intervals():
    assert p_value(Estimate(0.0, -1.0, 1.0, 9)) == 1.0
    assert np.isnan(p_value(Estimate(1.0, np.nan, np.nan, 9)))
    assert p_value(Estimate(1.0, 1.0, 1.0, 9)) == 0.0
