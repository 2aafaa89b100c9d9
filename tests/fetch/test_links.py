"""The pads of an event are found where people link to them; tests/cases/fetch/links has the pages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import PadRef
from fetch.errors import PadFailure
from fetch.links import on_one_server, pads_at, pads_in
from fetch.locations import Place, place_in

CASES = sorted((Path(__file__).parents[1] / "cases" / "fetch" / "links").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_page_s_pads_are_found_with_their_names(case: Path) -> None:
    page, _, expected = case.read_text(encoding="utf-8").partition("=====\n")
    assert [f"{ref.group} -> {ref.url}" for ref in pads_in(page)] == expected.splitlines()


@given(st.text())
def test_any_text_is_looked_through(text: str) -> None:
    assert pads_in(f"https://pads.example.org/p/a {text}")[:1] != ()


def test_a_long_line_of_links_is_looked_through_at_once() -> None:
    page = "".join(f"[https://pads.example.org/p/{number} " for number in range(5_000))
    assert len(pads_in(page)) == 5_000


@pytest.mark.parametrize(
    ("url", "place"),
    (
        ("https://pads.example.org/p/a", Place(server="https://pads.example.org", name="a", etherpad=True)),
        ("https://x.org/pad/p/a%2Fb?x#y", Place(server="https://x.org/pad", name="a/b", etherpad=True)),
        ("https://x.org/p/a%20%20b::c", Place(server="https://x.org", name="a_b_c", etherpad=True)),
        ("https://md.x.org/abc?both", Place(server="https://md.x.org", name="abc", etherpad=False)),
        ("https://x.org/md/s/abc", Place(server="https://x.org/md/s", name="abc", etherpad=False)),
        ("http://127.0.0.1:9001/p/g.1$b", Place(server="http://127.0.0.1:9001", name="g.1$b", etherpad=True)),
    ),
)
def test_a_link_tells_server_and_name(url: str, place: Place) -> None:
    assert place_in(url) == place


@pytest.mark.parametrize("url", ("https://pads.example.org", "https://pads.example.org/", "https://x.org/p/", "word"))
def test_a_link_to_no_pad_is_told(url: str) -> None:
    with pytest.raises(PadFailure, match="link"):
        pads_at([url])


@pytest.mark.parametrize(
    ("name", "path"),
    (("..", "%2E%2E"), (".", "%2E"), ("a.b", "a.b"), ("%41", "%2541"), ("a/b", "a%2Fb"), ("g.x$y", "g.x%24y")),
)
def test_a_name_is_quoted_so_that_nobody_on_the_way_changes_it(name: str, path: str) -> None:
    assert Place(server="https://x.org", name=name, etherpad=True).export("txt") == f"https://x.org/p/{path}/export/txt"


def test_pads_of_the_server_that_has_most_are_called_by_name() -> None:
    refs = pads_at(["https://one.org/p/a", "https://two.org/p/b", "https://two.org/p/c", "https://md.org/note"])
    assert on_one_server(refs) == (
        "https://two.org",
        (
            PadRef(group="a", url="https://one.org/p/a"),
            PadRef(group="b", pad="b"),
            PadRef(group="c", pad="c"),
            PadRef(group="note", url="https://md.org/note"),
        ),
    )
