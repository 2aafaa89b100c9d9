"""The sample event is read as its author meant it (tests/gold/sample)."""

import csv

import pytest

from fetch.corpus import read_corpus
from pipeline.segment import Segmentation, segment
from pipeline.segment_records import LineRole, Segment
from tests.support.sample_gold import EVENT, GOLD

CHATTER = {("money", 49), ("communication", 48), ("plenary", 2)}
"""Set aside by the author, a statement to us: a remark between dashes, "Those people:", a place with a date."""


def table(name: str) -> list[dict[str, str]]:
    with (GOLD / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def reading() -> Segmentation:
    corpus = read_corpus(EVENT)
    return segment(corpus.pads, corpus.event.prompts)


@pytest.fixture(scope="module")
def roles(reading: Segmentation) -> dict[tuple[str, int], LineRole]:
    return {(line.pad_id, line.number): line.role for line in reading.lines}


@pytest.fixture(scope="module")
def gold() -> dict[tuple[str, int], str]:
    return {(row["pad"], int(row["line"])): row["role"] for row in table("set_aside.tsv")}


def test_every_prompt_is_found_and_nothing_else_is_taken_for_one(
    roles: dict[tuple[str, int], LineRole], gold: dict[tuple[str, int], str]
) -> None:
    expected = {place for place, role in gold.items() if role == "prompt"}
    assert {place for place, role in roles.items() if role is LineRole.PROMPT} == expected


def test_what_is_no_statement_is_set_aside(
    roles: dict[tuple[str, int], LineRole], gold: dict[tuple[str, int], str]
) -> None:
    meant = {place for place, role in gold.items() if role != "noise"}
    assert {place for place in meant if roles[place] is LineRole.CONTENT} == CHATTER


def test_no_statement_is_set_aside(roles: dict[tuple[str, int], LineRole], gold: dict[tuple[str, int], str]) -> None:
    apart = {place for place, role in roles.items() if role not in {LineRole.CONTENT, LineRole.EMPTY}}
    assert apart - set(gold) == set()


def test_duplicates_are_found(roles: dict[tuple[str, int], LineRole], gold: dict[tuple[str, int], str]) -> None:
    expected = {place for place, role in gold.items() if role == "duplicate"}
    assert {place for place, role in roles.items() if role is LineRole.DUPLICATE} == expected


def test_languages_are_identified(reading: Segmentation) -> None:
    foreign = {(row["pad"], int(row["line"])): row["language"] for row in table("languages.tsv")}
    foreign["municipalities", 26] = "fr"  # "fin du français"

    def expected(item: Segment) -> str:
        return foreign.get((item.pad_id, item.line), "en")

    spoken = [item for item in reading.segments if item.role is not LineRole.BOILERPLATE]
    written = [item for item in spoken if any(map(str.isalpha, item.text))]
    assert [(item.id, item.text, item.language) for item in written if item.language != expected(item)] == []
