import pytest

from daogou.base.words import language
from daogou.report.clarity import curve


@pytest.mark.parametrize(("code", "chosen"), [("en", "3 (chosen)"), ("zh", "3（选定）")])
def test_the_curve_has_every_number_and_marks_the_chosen(sample, code, chosen):
    with language(code):
        chart = curve(sample.PEOPLE.curve)
    assert [row[0] for row in chart.rows] == ["2", chosen, *(str(k) for k in range(4, 11))]
    dots = chart.option["series"][-1]["data"]
    filled = [place for place, dot in enumerate(dots) if dot["itemStyle"]["color"] != "#fff"]
    assert filled == [1]
    assert chart.option["xAxis"]["data"] == [str(k) for k in range(2, 11)]
