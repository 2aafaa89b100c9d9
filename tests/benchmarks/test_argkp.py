"""ArgKP: which arguments are kept, and how clusters are compared with key points."""

from pathlib import Path

import pytest

from benchmarks.argkp import agreement, compare, questions

ARGUMENTS = """arg_id,argument,topic,stance
a1,Bells wake the baby,No bells,1
a2,Bells are loud at night,No bells,1
a3,Nobody sleeps and the tower leans,No bells,1
a4,Bells tell the time,No bells,-1
a5,Something else,No bells,-1
"""
LABELS = """arg_id,key_point_id,label
a1,loud,1
a1,costly,0
a2,loud,1
a3,loud,1
a3,tower,1
a4,time,1
a5,time,0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "arguments_dev.csv").write_text(ARGUMENTS, encoding="utf-8")
    (tmp_path / "labels_dev.csv").write_text(LABELS, encoding="utf-8")
    return tmp_path


def test_arguments_of_one_key_point_are_kept_by_topic_and_stance(folder: Path) -> None:
    assert questions(folder) == {
        ("No bells", "1"): (["Bells wake the baby", "Bells are loud at night"], ["loud", "loud"]),
        ("No bells", "-1"): (["Bells tell the time"], ["time"]),
    }


def test_equal_clusters_agree_fully_and_no_clusters_not_at_all() -> None:
    keys = ["loud", "loud", "time", "time"]
    assert agreement([(0, 1), (2, 3)], keys) == 1
    assert agreement([], keys) == 0


def test_a_row_in_no_cluster_is_a_cluster_of_its_own() -> None:
    keys = ["loud", "loud", "time", "time"]
    assert 0 < agreement([(0, 1)], keys) < 1
    assert agreement([(0, 1), (2,), (3,)], keys) == agreement([(0, 1)], keys)


def test_any_system_can_be_compared_topic_by_topic(folder: Path) -> None:
    assert compare(folder, lambda texts: [range(len(texts))]) == {("No bells", "1"): 1, ("No bells", "-1"): 1}
