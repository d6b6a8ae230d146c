"""Paths against the shop of the conftest; people of the links add up."""

from datetime import date, datetime

from daogou.measure.look.paths import OTHER, UNNAMED, links, paths, read, went
from daogou.store.tables import EVENTS
from daogou.testing.rows import rows

AS_OF = date(2024, 5, 1)
T, C = "TEA", "COFFEE"


def told(found):
    return {(link.step, link.start, link.end): link.people for link in found}


def test_categories_by_hand(shop):
    trail = read(shop, "categories", AS_OF, 3, None, None)
    assert trail.customers.tolist() == [1, 2, 3, 4, 5, 6]  # not the guest
    # customer 4's first order holds as much coffee as tea: by name it is coffee; customer 5's has no category
    assert told(links(trail, 5)) == {
        (0, T, C): 3,
        (0, T, T): 1,
        (0, C, T): 1,
        (0, UNNAMED, None): 1,
        (1, C, None): 2,
        (1, C, T): 1,
        (1, T, C): 1,
        (1, T, None): 1,
    }
    whole = {path.names: path.people for path in paths(trail, 10)}
    assert whole == {(T, C, None): 2, (T, C, T): 1, (T, T, None): 1, (C, T, C): 1, (UNNAMED, None): 1}
    assert paths(trail, 1)[0].names == (T, C, None)
    assert went(trail, [T, C]).tolist() == [1, 2, 6]
    assert went(trail, [T, C, None]).tolist() == [2, 6]
    assert went(trail, ["WINE"]).tolist() == []


def test_names_beyond_the_most_frequent_are_others_and_nobody_is_lost(shop):
    trail = read(shop, "categories", AS_OF, 3, None, None)
    found = links(trail, 1)
    # second orders are of coffee and tea alone: tea keeps its name
    assert told(found) == {(0, T, C): 3, (0, T, T): 1, (0, OTHER, T): 1, (0, OTHER, None): 1} | {
        (1, C, None): 2,
        (1, C, T): 1,
        (1, T, C): 1,
        (1, T, None): 1,
    }
    for step, came in ((0, 6), (1, 5)):
        assert sum(link.people for link in found if link.step == step) == came


def test_items_and_days_on_which_people_began(shop):
    trail = read(shop, "items", AS_OF, 2, date(2024, 2, 1), date(2024, 4, 1))
    assert {path.names: path.people for path in paths(trail, 9)} == {("Coffee", "Tea"): 1, ("Thing", None): 1}
    assert read(shop, "items", date(2024, 4, 15), 2, date(2024, 4, 1), None).steps.tolist()[0][1] == -1


def test_events_with_orders_between_and_repeats_as_one_step(shop):
    at = [(6, "view", 9), (6, "view", 10), (6, "cart", 11), (6, "view", 13), (9, "view", 9)]
    events = [
        {"event_id": f"e{n}", "customer_id": who, "kind": kind, "occurred_at": datetime(2024, 4, 10, hour)}
        | {"local_day": date(2024, 4, 10)}
        for n, (who, kind, hour) in enumerate(at)
    ]
    shop.append(EVENTS, rows(EVENTS, *events))
    trail = read(shop, "events", AS_OF, 5, date(2024, 4, 1), None)
    # the order of customer 6 on that day is at 12
    assert [(path.names, path.people) for path in paths(trail, 9)] == [
        (("view", "cart", "bought", "view", "bought"), 1)
    ]


def test_nothing_has_no_paths(nothing):
    trail = read(nothing, "categories", AS_OF, 3, None, None)
    assert links(trail, 3) == paths(trail, 3) == []
    assert went(trail, [T]).tolist() == []
