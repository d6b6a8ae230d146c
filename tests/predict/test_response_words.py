import pyarrow as pa

from daogou.base.words import language
from daogou.predict.response import frame, past
from daogou.predict.response_words import column


def test_every_column_has_its_words_in_both_languages(shop):
    asked = past(shop.warehouse, shop.day(0), shop.day(9))
    profiles = asked.reached.join(asked.campaigns, "campaign_id").select("customer_id", "as_of").distinct()
    made: pa.Table = shop.warehouse.to_arrow(frame(shop.warehouse, asked, profiles))
    names = set(made.column_names) - {"campaign_id", "customer_id", "as_of"}
    assert len(names) > 25
    for name in names:
        assert column(name), name
        with language("zh"):
            assert not column(name).isascii(), name
    assert column("gap_mean") == ""
