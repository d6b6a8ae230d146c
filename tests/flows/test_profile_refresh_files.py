"""Profiles refreshed from files that grow are those of a full build, after every batch and whatever it holds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.flows import files_facts as facts
from tests.flows.files_company import FilesCompany, day_text, differences, moment

from daogou.flows import profile as profile_stage

TODAY = facts.TODAY
LATER = TODAY + 1500


@pytest.fixture(autouse=True)
def few_interests(monkeypatch):
    """Let there be more interests than are written, so that they must overtake each other."""
    monkeypatch.setattr("daogou.profile.interests.KEPT", 3)


@pytest.fixture
def built_anew(monkeypatch):
    """A list with an entry for each time that everything was made anew."""
    times, full = [], profile_stage._anew
    monkeypatch.setattr(profile_stage, "_anew", lambda *given: times.append(1) or full(*given))
    return times


def check_refresh(company, built_anew, story=""):
    """Refresh; the rows, once they are known to be those of a full build."""
    built_anew.clear()
    found = company.profile()
    assert not built_anew, f"{story}: everything was made anew"
    assert not differences(found, company.anew()), story
    return found


fact = st.tuples(
    st.sampled_from(facts.KINDS),
    st.sampled_from(facts.PEOPLE),
    st.sampled_from(facts.AGO),
    st.sampled_from(facts.ITEMS),
    st.integers(0, 11),
)
batch = st.tuples(st.lists(fact, min_size=5, max_size=40), st.sampled_from([0, 1, 28, 400]), st.booleans())


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=batch, second=batch, third=batch, half_life=st.sampled_from([1, 3, 90]))
def test_any_batches_of_files(tmp_path_factory, built_anew, first, second, third, half_life):
    company = FilesCompany(tmp_path_factory.mktemp("files") / "company", half_life)
    today = facts.begin(company)
    for number, (told, days, whole) in enumerate((first, second, third)):
        today += days if number else 0
        for one in told:
            facts.tell(company, one, today)
        facts.end_batch(company, today)
        company.ingest(whole)
        if number:
            check_refresh(company, built_anew, number)
        else:
            company.profile()


def test_sums_that_grow(tmp_path, built_anew):
    """Each batch holds cases in which adding to sums goes wrong; in the end all files at once say the same."""
    company = FilesCompany(tmp_path / "company")
    _first_batch(company)
    company.ingest()
    company.profile()
    for story, tell in (
        ("purchases after their refunds, first orders, earlier orders, ties", _bought_after),
        ("items described, after and as they were bought; categories that change", _described),
        ("what was dated ahead comes into force, while its items are bought", _comes_into_force),
        ("years later, with weights that vanished long ago", _years_later),
    ):
        tell(company)
        company.ingest()
        found = check_refresh(company, built_anew, story)
    _check_sense(company)
    assert not differences(company.profile(), found), "once more without news"
    at_once = FilesCompany(tmp_path / "at once")
    at_once.told = company.told
    at_once.ingest()
    at_once.profile()
    assert not differences(company.named(), at_once.named()), "all files at once"


def _first_batch(company):
    company.sell("s0", "old", 0, "tea", title="Leaf", category="A", brand="Alm")
    for who in ("ann", "bob", "cem", "dee", "eva", "gus", "hal"):
        company.sell(f"s-{who}", who, TODAY - 5, "tea").sell(
            f"s-{who}", who, TODAY - 5, "milk", title="Can", brand="Hof"
        )
    company.sell("s-wine", "old", TODAY - 9, "wine", title="Red;Gift", category="B")
    company.sell("guest", "", TODAY - 8, "wine").sell("s-dee2", "dee", TODAY - 2, "mystery", value=40, list=40)
    company.tell("refunds", at=moment(TODAY - 3), amount=2.5, who="cem", item="wine")
    company.tell("refunds", at=moment(TODAY - 3), amount=1.25, who="eva", item="ghost")
    company.tell("refunds", at=moment(TODAY - 3), amount=1, who="fay", item="wine").tell(
        "refunds", at=moment(TODAY + 20), amount=3, who="gus", item="tea"
    )
    company.sell("s-kim", "kim", TODAY - 6, "wine").tell(
        "refunds", at=moment(TODAY + 20), amount=1.5, who="kim", item="wine"
    )
    company.sell("s-lee", "lee", TODAY - 6, "wine").sell(
        "s-mia", "mia", TODAY - 6, "ahead"
    )  # nothing else is new of them
    company.tell("refunds", at=moment(TODAY - 5), amount=1, who="lee", item="ghost")
    company.tell("events", who="gus", kind="view", at=moment(TODAY + 20), item="tea", visit="v")
    company.tell("coupons", who="gus", issued=moment(TODAY - 1, 23), used=moment(TODAY + 25))
    company.tell("customers", who="hal", **{"from": day_text(TODAY + 30)}, joined=day_text(TODAY + 12), level="gold")
    company.tell("items", item="ahead", **{"from": day_text(TODAY + 20)}, category="C", title="Leaf", brand="Hof")
    company.sell("s-ann", "ann", TODAY - 5, "ahead").sell("s-hal", "hal", TODAY - 5, "ahead", list=300)
    company.tell("orders", order="o0", at=moment(TODAY - 4), who="hal")
    company.tell("orders", order="bare", at=moment(TODAY - 4), who="bob", store="R")
    company.tell("order_lines", order="o0", item="tea", qty=1, value=4)
    company.tell("order_lines", order="o-late", item="wine", qty=2, value=19.5)  # its order comes with the next batch


def _bought_after(company):
    company.sell("s-cem2", "cem", TODAY - 1, "wine", value=9).sell("s-fay", "fay", TODAY - 1, "milk", value=3)
    company.sell("s-bob2", "bob", TODAY - 300, "tea").sell("s-bob3", "bob", TODAY - 5, "wine")
    company.sell("s-ann2", "ann", TODAY - 2, "wine", title="Red;Gift").sell(
        "s-ann2", "ann", TODAY - 2, "rice", title="Bag"
    )
    company.sell("s-ann2", "ann", TODAY - 2, "rice", qty=0, value=-0.5, list=0)
    company.sell("s-ann2", "", TODAY - 2, "milk").sell("guest", "ann", TODAY - 8, "milk")  # owners stay who they were
    company.sell("s-hal", "ann", TODAY - 5, "milk", qty=2, value=2, list=2).sell(
        "s-hal", "ann", TODAY - 5, "tea", list=1
    )
    company.sell("C1", "dee", TODAY - 1, "wine", qty=-1, value=-4, list="")
    company.tell("orders", order="o-late", at=moment(TODAY - 200), who="gus")
    company.tell("order_lines", order="bare", item="milk", qty=1, value=10)
    company.tell("refunds", at=moment(TODAY - 1), amount=0.5, who="ann").tell(
        "refunds", at=moment(TODAY - 1), amount=0.75, order="o-late", item="wine"
    )


def _described(company):
    company.tell("items", item="mystery", category="C", title="Box", brand="Alm", colour="red|green")
    company.tell("items", item="ghost", category="C;A", title="Sheet")
    company.tell("items", item="milk", **{"from": day_text(TODAY - 30)}, category="D", brand="Neu", title="Can")
    company.tell("items", item="tea", **{"from": day_text(TODAY + 10)}, category="E", brand="Alm", title="Leaf")
    company.tell("items", item="fresh", category="A", brand="Alm", title="Fresh|Leaf", colour="red")
    company.sell("s-cem3", "cem", TODAY, "fresh").sell("s-cem3", "cem", TODAY, "milk").sell(
        "s-dee3", "dee", TODAY, "mystery"
    )
    company.sell("s-ann3", "ann", TODAY, "unheard").sell("s-old2", "old", TODAY, "tea", value=2, list=2)


def _comes_into_force(company):
    company.sell("s-gus2", "gus", TODAY + 40, "tea", value=7).sell("s-old3", "old", TODAY + 39, "tea", value=1, list=1)
    company.sell("s-eva2", "eva", TODAY - 4, "wine", value=100, list=100).sell("s-eva2", "eva", TODAY - 4, "milk")
    company.tell("coupons", who="eva", issued=moment(TODAY + 5), used=moment(TODAY + 30))
    company.ingest()  # taken in by two runs before the next profiles
    company.sell("s-gus2", "gus", TODAY + 40, "wine", list=200).sell("s-fay2", "fay", TODAY + 40, "wine")
    company.tell("events", who="fay", kind="view", at=moment(TODAY + 38), item="wine", visit="w")


def _years_later(company):
    company.sell("s-ann4", "ann", LATER, "wine").sell("s-ann4", "ann", LATER, "rice").sell("s-ivy", "ivy", LATER, "tea")
    company.sell("s-bob4", "bob", LATER - 1, "milk").sell("s-cem4", "cem", TODAY - 5, "rice", title="Bag")
    company.tell("refunds", at=moment(LATER), amount=9, who="dee", item="wine").tell(
        "events", who="dee", kind="view", at=moment(LATER + 3), item="tea"
    )


def _check_sense(company):
    """That the stories were told: what must stand in the tables, worked out by hand."""
    told, now = company.named(), day_text(LATER + 1)
    shares = told["category_shares"]
    assert shares["cem", now, "B"]["net_sales"] == 9 - 2.5
    assert shares["fay", now, "B"]["net_sales"] == 5 - 1
    assert shares["dee", now, "C"]["net_sales"] == 40 + 5
    assert ("dee", now, "B") not in shares, "given back and never bought"
    assert shares["kim", now, "B"]["net_sales"] == 5 - 1.5, "dated ahead, and in sight by now"
    assert shares["lee", now, "B"]["share"] == 1, "the ghost that was given back counts as 0"
    assert shares["mia", now, "C"]["share"] == 1, "known since the item came into force"
    assert shares["gus", now, "E"]["net_sales"] == 5 + 7 - 3
    assert ("gus", now, "A") not in shares, "tea is another category by now"
    assert shares["gus", now, "B"]["net_sales"] == 19.5 + 5 - 0.75, "the refund named the order alone"
    person = told["profiles"]["gus", now]
    assert (person["coupons_used"], person["refund_count"]) == (1, 2)
    ivy = {key[2]: row["weight"] for key, row in told["interests"].items() if key[0] == "ivy"}
    assert ivy == {"E": 0.5, "Leaf": 0.5}
    ann = [key[2] for key in told["interests"] if key[0] == "ann"]
    assert "Bag" in ann, "bought years later"
    assert 100 * company.half_life < LATER - TODAY, "what was bought before weighs nothing"
    assert told["profiles"]["hal", now]["member_level"] == "gold"
    assert told["profiles"]["hal", now]["net_sales"] == 5 + 5 + 4 + 5 + 2 + 5, "lines that others brought, too"


def test_files_that_are_read_differently(tmp_path, built_anew):
    """A mapping that changes lets rows be read again, for others, with other amounts and other categories."""
    company = FilesCompany(tmp_path / "company")
    facts.begin(company)
    company.tell("items", item="wine", category="B", other="Z", title="Red")
    company.sell("s2", "ann", TODAY - 3, "wine", payer="bob", list=9).sell("s3", "cem", TODAY - 2, "milk", payer="dee")
    company.sell("C1", "ann", TODAY - 1, "wine", payer="cem", value=-2).sell("s4", "eva", TODAY - 1, "tea", payer="")
    company.tell("orders", order="o1", at=moment(TODAY - 9), who="ivy").sell("C2", "ivy", TODAY - 1, "tea", payer="cem")
    company.tell("customers", who="ann", level="gold", city="X").tell(
        "events", who="bob", kind="view", at=moment(TODAY - 1)
    )
    company.ingest()
    company.profile()
    company.read_as(sales={"customer_id": "payer"}, items={"category": "other"})
    company.ingest()
    found = check_refresh(company, built_anew, "other customers, other categories")
    assert {key[2] for key in found["category_shares"]} == {"A", "Z"}
    company.read_as(sales={"net_sales": None, "paid": "list"}, customers={"member_level": "city"})
    company.sell("s5", "dee", TODAY, "tea")
    company.ingest()
    check_refresh(company, built_anew, "other amounts and levels")
    assert "X" in {row["member_level"] for row in company.profile()["profiles"].values()}
