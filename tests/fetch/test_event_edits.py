"""event.toml while single values of it are changed: what a person wrote around them stays."""

import datetime as dt
import difflib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.errors import UserMistake
from fetch.event_edits import Key, Value, rename_group, set_value
from fetch.event_file import parse_event

PATH = Path("corpus/allotments/event.toml")
TEXT = """\
# Ours; ask Wren before you change it.
title = "Allotments"   # as on the poster
server = "https://pads.example.org"
prompts = [
  "What hurts?",  # from the flip chart
  "Who helps?",
]

# They share a table.
[[pad]]
group="Water"   # not "Wells"
pad = "water"
# end of water

[[pad]]
pad = 'water-2'
group = 'Water'

[[pad]]
group = "Soil"
pad = "soil"

[settings]
encoder = "x"
"""


def changed_lines(before: str, after: str) -> list[str]:
    """The lines that went (-) and came (+)."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line[0] in "+-"]


def test_a_group_is_renamed_in_all_its_tables_which_keep_the_former_name() -> None:
    after = rename_group(TEXT, PATH, "Water", 'Wells & "wet" feet')
    assert changed_lines(TEXT, after) == [
        '- group="Water"   # not "Wells"\n',
        '+ group="Wells & \\"wet\\" feet"   # not "Wells"\n',
        '+ formerly = ["Water"]\n',
        "- group = 'Water'\n",
        '+ group = "Wells & \\"wet\\" feet"\n',
        '+ formerly = ["Water"]\n',
    ]


def test_all_former_names_are_kept_the_first_one_first() -> None:
    once = rename_group(TEXT, PATH, "Soil", "Earth")
    twice = rename_group(once, PATH, "Earth", "Ground")
    back = rename_group(twice, PATH, "Ground", "Soil")
    assert [parse_event(text, PATH).pads[2].formerly for text in (once, twice, back)] == [
        ("Soil",),
        ("Soil", "Earth"),
        ("Soil", "Earth", "Ground"),
    ]


def test_a_group_in_an_array_of_pads_is_renamed_too() -> None:
    text = 'title = "A"\nserver = "https://a.example"\npad = [ {group = "B", pad="b"}, # one\n {pad="c", group="C"} ]\n'
    after = rename_group(text, PATH, "C", "D")
    assert after == text.replace('group="C"', 'group="D", formerly = ["C"]')


PROMPTS = """\
prompts = [
  "What hurts?",  # from the flip chart
  "Who helps?",
]
"""
TITLE = 'title = "Allotments"   # as on the poster\n'


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    (
        ("title", "New plots", '"Allotments"', '"New plots"'),
        ("place", "Port", TITLE, f'{TITLE}place = "Port"\n'),
        ("contact", "wren@example.org", TITLE, f'{TITLE}contact = "wren@example.org"\n'),
        ("date", dt.date(2026, 5, 16), TITLE, f"{TITLE}date = 2026-05-16\n"),
        ("place", None, "", ""),
        ("prompts", ("Who helps?",), PROMPTS, 'prompts = ["Who helps?"]\n'),
        ("prompts", ("Who?", "What?"), PROMPTS, 'prompts = [\n  "Who?",\n  "What?",\n]\n'),
        ("prompts", (), PROMPTS, ""),
    ),
)
def test_a_value_is_set_and_everything_else_stays(key: Key, value: Value, before: str, after: str) -> None:
    changed = set_value(TEXT, PATH, key, value)
    assert changed == TEXT.replace(before, after)
    assert set_value(changed, PATH, key, value) == changed


def test_the_line_ends_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    for after in (rename_group(text, PATH, "Soil", "Earth"), set_value(text, PATH, "prompts", ("A?", "B?"))):
        assert after.count("\n") == after.count("\r\n")
    assert set_value(text, PATH, "place", "Port") == set_value(TEXT, PATH, "place", "Port").replace("\n", "\r\n")


@given(st.text(min_size=1).filter(lambda text: text.isprintable() and text.strip()))
def test_any_name_is_read_as_it_was_given(name: str) -> None:
    after = rename_group(TEXT, PATH, "Soil", name)
    assert parse_event(after, PATH).pads[2].group == name


@pytest.mark.parametrize(
    "text",
    (
        TEXT.replace('"Allotments"', '"value-that-padharvest-changes"'),
        TEXT.replace("title", "tittle"),
    ),
)
def test_a_file_that_cannot_be_changed_so_is_refused(text: str) -> None:
    with pytest.raises(UserMistake, match=r"event\.toml"):
        set_value(text, PATH, "prompts", ("value-that-padharvest-changes",))
    with pytest.raises(UserMistake, match=r"event\.toml"):
        set_value(text, PATH, "contact", "nowhere")
