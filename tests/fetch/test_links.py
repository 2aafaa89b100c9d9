"""The pads of an event are found where people link to them; tests/cases/fetch/links has the pages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import PadRef
from fetch.errors import UserMistake
from fetch.links import find_pads, most_common_server, pads_at

CASES = sorted((Path(__file__).parents[1] / "cases" / "fetch" / "links").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_page_s_pads_are_found_with_their_names(case: Path) -> None:
    page, _, expected = case.read_text(encoding="utf-8").partition("=====\n")
    assert [f"{ref.group} -> {ref.url}" for ref in find_pads(page)] == expected.splitlines()


@given(st.text())
def test_any_text_can_follow_a_link(text: str) -> None:
    assert find_pads(f"https://pads.example.org/p/a {text}")[:1] != ()


def test_a_long_line_of_links_is_read_quickly() -> None:
    page = "".join(f"[https://pads.example.org/p/{number} " for number in range(5_000))
    assert len(find_pads(page)) == 5_000


@pytest.mark.parametrize("url", ("https://pads.example.org", "https://pads.example.org/", "https://x.org/p/", "word"))
def test_a_link_to_no_pad_is_the_user_s_mistake(url: str) -> None:
    with pytest.raises(UserMistake, match="link"):
        pads_at([url])


def test_pads_of_the_server_that_has_most_are_called_by_name() -> None:
    refs = pads_at(["https://one.org/p/a", "https://two.org/p/b", "https://two.org/p/c", "https://md.org/note"])
    assert most_common_server(refs) == (
        "https://two.org",
        (
            PadRef(group="a", url="https://one.org/p/a"),
            PadRef(group="b", pad="b"),
            PadRef(group="c", pad="c"),
            PadRef(group="note", url="https://md.org/note"),
        ),
    )
