"""The comparison with others: what clusters look like to the scorer, which setting is best, and how many times it."""

from pathlib import Path

import pytest

from benchmarks import peers, quality, scoring, verdict

GROUP_OF = {"a1": "a", "a2": "a", "b1": "b", "c1": "c", "c2": "c"}


def figures(pair_f: float, card_p: float, found: float) -> dict[str, float]:
    return {"pair_f": pair_f, "card_p": card_p, "found": found}


TABLE = {
    "BERTopic, 10; all": {"spring": figures(0.1, 0.2, 0.0), "autumn": figures(0.1, 0.6, 0.0)},
    "BERTopic, 5; no other": {"spring": figures(0.2, 0.3, 0.1), "autumn": figures(0.2, 0.3, 0.1)},
    "ours": {"spring": figures(0.3, 0.4, 0.4), "autumn": figures(0.5, 0.8, 0.4)},
}
PEERS = ["BERTopic, 10; all", "BERTopic, 5; no other"]
EVENTS = ["spring", "autumn"]


def test_cards_are_clusters_of_two_groups_or_more_most_groups_first_then_most_segments() -> None:
    assigned, cards, *_ = scoring.seen([("a1", "a2"), ("a1", "b1"), ("a2", "b1", "c1"), ("b1", "c1", "c2")], GROUP_OF)
    assert cards == [2, 3, 1]
    assert assigned == {"a1": {0, 1}, "a2": {0, 2}, "b1": {1, 2, 3}, "c1": {2, 3}, "c2": {3}}


def test_what_is_in_no_cluster_is_told_to_the_scorer_too() -> None:
    assigned, cards, *_ = scoring.seen([], GROUP_OF)
    assert cards == []
    assert assigned == {one: set() for one in GROUP_OF}


def test_every_event_counts_once_in_a_mean() -> None:
    assert scoring.mean(TABLE, "ours", EVENTS) == pytest.approx(figures(0.4, 0.6, 0.4))


def test_the_best_setting_may_differ_from_figure_to_figure() -> None:
    best = scoring.best(TABLE, PEERS, EVENTS)
    assert {name: setting for name, (setting, _) in best.items()} == {
        "pair_f": "BERTopic, 5; no other",
        "card_p": "BERTopic, 10; all",
        "found": "BERTopic, 5; no other",
    }
    assert best["card_p"][1] == pytest.approx(0.4)


def test_the_best_of_each_event_is_at_least_as_good() -> None:
    assert scoring.best_anywhere(TABLE, PEERS, EVENTS) == pytest.approx(figures(0.2, 0.45, 0.1))


def test_a_ratio_to_nothing_is_infinite() -> None:
    assert scoring.ratio(0.3, 0.2) == pytest.approx(1.5)
    assert scoring.ratio(0.3, 0.0) == float("inf")


def test_a_table_has_as_many_cells_in_each_line() -> None:
    lines = [*scoring.head(["pair_f", "found"]).split("\n"), scoring.row("ours", ["1", "2"])]
    assert lines == ["|  | pair_f | found |", "|---|---|---|", "| ours | 1 | 2 |"]


def test_the_means_say_how_many_times_the_best_setting_ours_is(capsys: pytest.CaptureFixture[str]) -> None:
    verdict.print_events(TABLE, EVENTS, ["spring"], "ours")
    last = capsys.readouterr().out.split("### Means over 2 all events")[1]
    assert "| ours: times that | **2.00** | **1.50** | **4.00** |" in last
    assert "| ours: times that | **2.00** | **1.33** | **4.00** |" in last
    assert "| ours: times that | **4.00** | **1.50** | **inf** |" in last


def test_outliers_and_clusters_too_small_are_in_no_cluster() -> None:
    assert peers.by_label([1, -1, 0, 1, -1]) == [[2], [0, 3]]
    assert peers.by_label([1, -1, 0, 1, -1], smallest=2) == [[0, 3]]


def test_the_rest_are_the_rows_of_no_cluster() -> None:
    assert verdict.rest([[2], [0, 3]], 5) == [1, 4]


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # score.py leaves closing to Python
def test_a_reader_held_against_their_own_labels_is_without_fault() -> None:
    shared = Path(__file__).resolve().parents[3] / "shared"
    if not shared.is_dir():
        pytest.skip("no ../shared")
    score = scoring.load(shared / "score" / "score.py")
    event = quality.read(score, shared / "events" / "seaglretro")
    said = score.labels(event.folder, "A")
    concerns = sorted({concern for one in event.texts for concern in said[one]["concerns"]})
    clusters = [[one for one in event.texts if concern in said[one]["concerns"]] for concern in concerns]
    found = scoring.figures(score, scoring.seen(clusters, event.groups), event.truths, event.groups)
    assert found == figures(1, 1, 1)
