"""The sample event is as its README says."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from fetch.event_file import read_event
from tests.support.sample_gold import EVENT, Gold, lines_of, load, pad_texts

GROUPS = (
    "volunteers",
    "money",
    "inventory",
    "safety",
    "youth-inclusion",
    "governance",
    "municipalities",
    "communication",
)
WRITTEN = (*GROUPS, "plenary")
TEMPLATE_ONLY, NEVER_OPENED = "seeds", "repair-data"
LIST_MARK = re.compile(r"^\t*(?:\* |[\d.]+ )?")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return pad_texts()


@pytest.fixture(scope="module")
def gold() -> Gold:
    return load()


def test_there_are_eight_groups_a_plenary_a_bare_template_and_an_empty_pad(texts: dict[str, str]) -> None:
    assert tuple(texts) == (*WRITTEN, TEMPLATE_ONLY, NEVER_OPENED)


def test_event_toml_names_no_prompts_so_that_they_must_be_found() -> None:
    assert read_event(EVENT).prompts == ()


def test_the_pads_are_said_to_be_on_this_machine_for_their_server_is_invented() -> None:
    assert read_event(EVENT).server == "http://127.0.0.1:9001"


@pytest.mark.parametrize("pad", WRITTEN)
def test_a_written_pad_has_40_to_90_lines_most_of_them_with_text(texts: dict[str, str], pad: str) -> None:
    written = lines_of(texts[pad])
    assert 40 <= len(written) <= 90
    assert sum(bool(line.strip()) for line in written) >= 40


@pytest.mark.parametrize("pad", (*WRITTEN, TEMPLATE_ONLY, NEVER_OPENED))
def test_a_pad_is_plain_text_as_etherpad_exports_it(texts: dict[str, str], pad: str) -> None:
    assert texts[pad].endswith("\n")
    assert max(map(len, lines_of(texts[pad]))) <= 500
    assert not re.search(r"[\r\x00\x0b\x0c\x85\u2028\u2029\ufeff\ufffd]", texts[pad])


def test_the_bare_template_holds_nothing_but_set_aside_lines_and_empty_bullets(
    texts: dict[str, str], gold: Gold
) -> None:
    listed = {aside.line for aside in gold.set_aside if aside.pad == TEMPLATE_ONLY}
    unlisted = {line for number, line in enumerate(lines_of(texts[TEMPLATE_ONLY]), 1) if number not in listed}
    assert unlisted == {"", "\t* "}


def test_the_empty_pad_is_empty_as_etherpad_exports_it(texts: dict[str, str]) -> None:
    assert texts[NEVER_OPENED] == "\n"


def test_governance_left_a_prompt_unanswered(texts: dict[str, str], gold: Gold) -> None:
    prompts = [aside.line for aside in gold.set_aside if (aside.pad, aside.role) == ("governance", "prompt")]
    answers = {
        start: "".join(lines_of(texts["governance"])[start : end - 1]).strip() for start, end in pairwise(prompts)
    }
    assert [lines_of(texts["governance"])[start - 1] for start, answer in answers.items() if not answer] == [
        "*How could it work?"
    ]


def test_content_is_repeated_only_where_the_list_says_duplicate(texts: dict[str, str], gold: Gold) -> None:
    aside = {(entry.pad, entry.line): entry.role for entry in gold.set_aside}
    content = Counter(
        LIST_MARK.sub("", line)
        for pad, text in texts.items()
        for number, line in enumerate(lines_of(text), 1)
        if LIST_MARK.sub("", line).strip() and (pad, number) not in aside
    )
    assert [line for line, times in content.items() if times > 1] == []
    pasted_twice = [entry for entry in gold.set_aside if entry.role == "duplicate"]
    assert pasted_twice
    assert all(entry.text in lines_of(texts[entry.pad])[: entry.line - 1] for entry in pasted_twice)


def test_the_sample_says_that_it_is_invented_and_free() -> None:
    readme = (EVENT / "README.md").read_text(encoding="utf-8")
    assert "invented" in readme
    assert "CC0 1.0 Universal" in readme
    assert "CC0 1.0 Universal" in (EVENT / "LICENSE").read_text(encoding="utf-8")
