"""The comparison with other systems: clusters as score.py expects them, best settings, ratios and tables."""

from pathlib import Path

import pytest

from benchmarks import peers, quality, quality_tables, scoring

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
    assigned, cards, *_ = scoring.system_view(
        [("a1", "a2"), ("a1", "b1"), ("a2", "b1", "c1"), ("b1", "c1", "c2")], GROUP_OF
    )
    assert cards == [2, 3, 1]
    assert assigned == {"a1": {0, 1}, "a2": {0, 2}, "b1": {1, 2, 3}, "c1": {2, 3}, "c2": {3}}


def test_segments_in_no_cluster_are_in_the_view_too() -> None:
    assigned, cards, *_ = scoring.system_view([], GROUP_OF)
    assert cards == []
    assert assigned == {gold_id: set() for gold_id in GROUP_OF}


def test_every_event_counts_once_in_a_mean() -> None:
    assert scoring.mean(TABLE, "ours", EVENTS) == pytest.approx(figures(0.4, 0.6, 0.4))


def test_the_best_setting_may_differ_between_figures() -> None:
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


def test_the_means_have_ratios_to_the_best_settings(capsys: pytest.CaptureFixture[str]) -> None:
    quality_tables.print_events(TABLE, EVENTS, ["spring"], "ours")
    last = capsys.readouterr().out.split("### Means over 2 all events")[1]
    assert "| ours: times that | **2.00** | **1.50** | **4.00** |" in last
    assert "| ours: times that | **2.00** | **1.33** | **4.00** |" in last
    assert "| ours: times that | **4.00** | **1.50** | **inf** |" in last


def test_outliers_and_clusters_too_small_are_in_no_cluster() -> None:
    assert peers.by_label([1, -1, 0, 1, -1]) == [[2], [0, 3]]
    assert peers.by_label([1, -1, 0, 1, -1], smallest=2) == [[0, 3]]


def test_unclustered_rows_are_those_of_no_cluster() -> None:
    assert quality_tables.unclustered([[2], [0, 3]], 5) == [1, 4]


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # score.py leaves closing to Python
def test_a_reader_scores_full_marks_against_their_own_labels() -> None:
    shared = Path(__file__).resolve().parents[3] / "shared"
    if not shared.is_dir():
        pytest.skip("no ../shared")
    score = scoring.load(shared / "score" / "score.py")
    event = quality.read(score, shared / "events" / "seaglretro")
    concerns_of = {gold_id: labels["concerns"] for gold_id, labels in score.labels(event.folder, "A").items()}
    concerns = sorted({concern for gold_id in event.texts for concern in concerns_of[gold_id]})
    clusters = [[gold_id for gold_id in event.texts if concern in concerns_of[gold_id]] for concern in concerns]
    view = scoring.system_view(clusters, event.groups)
    assert scoring.figures(score, view, event.truths, event.groups) == figures(1, 1, 1)
