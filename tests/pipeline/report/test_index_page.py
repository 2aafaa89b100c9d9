"""A large report: which one is, what its index page lists, and that nothing on it escapes the proofreading."""

import re
from unittest.mock import patch

import pytest

from pipeline.report import check_outputs, render_report
from pipeline.report.formats.html import read_back
from pipeline.report.index_page import shortened
from pipeline.report.quote_sources import group_marks
from pipeline.report.report_records import OfGroup
from pipeline.report.verbatim_gate import VerbatimError
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.html_page import Page
from tests.support.reports import encoded, index_report

ANALYSIS, CORPUS = read(ALLOTMENTS)
OUTPUTS = index_report(ANALYSIS, CORPUS)
PAGE = OUTPUTS["report.html"]


@pytest.mark.parametrize(("most", "is_index"), ((0, False), (-1, True)))
def test_the_report_of_an_event_with_more_segments_is_an_index(most: int, *, is_index: bool) -> None:
    with patch("pipeline.report.quote_sources.MOST_SEGMENTS", len(ANALYSIS.segments) + most):
        page = Page(render_report(ANALYSIS, CORPUS, translation())["report.html"])
    assert bool(page.values("data-rows")) is is_index
    assert ("pad-water-l6" in page.values("id")) is not is_index


def test_the_index_has_the_words_of_every_line_and_each_group_has_its_lines_on_its_page() -> None:
    text = {str(pad.pad_id): pad.text for pad in CORPUS.pads}
    [data] = re.findall(r'<div id="line-data".*</div>', PAGE)
    rows = [quote.text for quote in read_back(data)]
    assert rows == [line for info in ANALYSIS.pads for line in text[info.pad_id].split("\n")]
    own = Page(next(page for name, page in OUTPUTS.items() if re.match(r"groups/Water.*\.html", name)))
    assert {f"pad-water-l{number + 1}" for number in range(text["water"].count("\n") + 1)} <= set(own.values("id"))


def test_all_links_to_lines_lead_to_the_pages_of_their_groups() -> None:
    links = [link for link in re.findall(r'href="([^"]*)"', PAGE) if "#pad-" in link]
    assert links
    assert all(re.fullmatch(r"groups/[^/#]+\.html#pad-[\w-]+-l\d+", link) for link in links)
    assert "](report.html#" not in OUTPUTS["report.md"]


@pytest.mark.parametrize(
    ("pattern", "replacement", "fault"),
    (
        (r'(,"1:\d+-\d+","[^"]*)pump', r"\1PUMP", "is not what the pad says"),
        (r'\[6,(\d+,"1:)', r"[7,\1", "is attributed to '7'"),
        (r'\[6,\d+,"1:[^]]*\],', "", "the words on line 6 of pad water are missing"),
        (r',"1:\d+-\d+",', ',"water",', "its quotes cannot be read back"),
    ),
)
def test_words_that_only_the_search_shows_are_proofread(pattern: str, replacement: str, fault: str) -> None:
    begin = PAGE.index("data-rows")
    altered, count = re.subn(pattern, replacement, PAGE[begin:], count=1)
    assert count
    with pytest.raises(VerbatimError, match=fault):
        check_outputs(encoded({"report.html": PAGE[:begin] + altered}), ANALYSIS, CORPUS)


MARKS = group_marks(["A", "B", "C"])


@pytest.mark.parametrize(
    ("sizes", "most", "kept"),
    (
        ((3, 1, 2), 6, (3, 1, 2)),
        ((9, 1, 5), 7, (3, 1, 3)),
        ((9, 9, 9), 4, (1, 1, 1)),
        ((9, 9, 9), 2, (1, 1, 0)),
        ((0, 40, 0), 10, (0, 10, 0)),
    ),
)
def test_a_list_is_shortened_alike_for_all_groups(sizes: tuple[int, ...], most: int, kept: tuple[int, ...]) -> None:
    parts = [OfGroup(group=mark, items=tuple(range(size))) for mark, size in zip(MARKS, sizes, strict=True)]
    found = shortened(parts, most)
    assert tuple(len(part.items) for part in found) == kept
    assert tuple(part.left_out for part in found) == tuple(size - part for size, part in zip(sizes, kept, strict=True))


MANY = "\n".join(
    f"* who mends gate {number}, {name}? ‖ question PERSON={name}\n* call the smith {number} ‖ action\n"
    f"* call the council {number} by Friday ‖ action due=by_Friday date=2026-05-08\n"
    f"* keep the pump {number} ‖ concern=pump"
    for number, name in enumerate(("Ana", "Ben", "Cem", "Dee"))
)


@pytest.fixture(scope="module")
def short() -> str:
    """The index page of two groups with lists of at most two entries."""
    analysis, corpus = build({"1 Soil": MANY, "2 Bees": MANY})
    with patch.multiple("pipeline.report.index_page", LISTED=2, OF_CONCERN=2, OF_NAME=1):
        return index_report(analysis, corpus)["report.html"]


@pytest.mark.parametrize(
    ("section", "text"),
    (
        ("recurring", "More on the pages of: Soil (3) Bees (3)"),
        ("questions", "More on the pages of: Soil (3) Bees (3)"),
        ("next-steps", "6 more in the file steps.csv."),
        ("next-steps", "More on the pages of: Soil (3) Bees (3)"),
        ("names", "2 more in the file entities.csv."),
        ("names", "and 1 more line"),
    ),
)
def test_a_shortened_list_says_where_the_rest_is(short: str, section: str, text: str) -> None:
    part = short.split(f'<section id="{section}"')[1].split("\n</section>\n<section id", maxsplit=1)[0]
    assert text in " ".join(Page(part).text.split())


def test_the_rest_of_a_list_is_there(short: str) -> None:
    analysis, corpus = build({"1 Soil": MANY, "2 Bees": MANY})
    pages = index_report(analysis, corpus)
    rest = re.findall(r'href="(groups/[^"#]+)#([^"]+)"><bdi>', short)
    assert {anchor for _, anchor in rest} >= {"concern-c-pump", "questions", "next-steps"}
    assert all(f'id="{anchor}"' in pages[file] for file, anchor in rest)
