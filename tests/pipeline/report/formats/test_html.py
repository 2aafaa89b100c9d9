"""report.html and the pages of groups: sound, inert, and loading nothing; quotes are read back with their lines."""

import base64
import hashlib
import posixpath
import re
from dataclasses import replace
from itertools import islice, pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given

from pipeline.analysis_records import Account
from pipeline.report.formats.html import escape, read_back
from pipeline.report.formats.output_format import ReadQuote, spell_out_controls
from pipeline.report.theme import TEMPLATES
from tests.support.annotated import build
from tests.support.hostile import ANY_TEXT
from tests.support.html_page import Page
from tests.support.read_event import cited, read_allotments
from tests.support.report_events import REPORTS
from tests.support.reports import checked_report

OWN_TAGS = """
html head meta title link style body a header p h1 h2 h3 h4 time strong div nav ol ul li form label select option input
figure figcaption g circle line path text
main section article span b bdi i blockquote details summary table caption thead tbody tfoot tr th td svg rect dl dt dd
code footer script kbd button pre small textarea
"""
OWN_ATTRIBUTES = """
lang charset content http-equiv name rel href class id aria-label aria-labelledby aria-describedby aria-hidden role
d cx cy r rx x1 x2 y1 y2 direction text-anchor
tabindex for type value autocomplete hidden datetime dir data-quote data-g data-cp scope viewbox preserveaspectratio
open focusable x y width height name enterkeyhint aria-keyshortcuts data-is data-k data-p data-l data-lines data-groups
data-sort data-rows
data-found data-where data-where-of data-nothing data-alone data-unfiltered data-aside data-more data-printed
data-as data-forms data-active data-text data-event data-copied data-copied-wikitext data-refused data-names readonly
"""


FILES = {"analysis.json", *(name for outputs in REPORTS.values() for name in outputs)}
PAGES = {name: Page(outputs["report.html"]) for name, outputs in REPORTS.items()}


GROUP_PAGES = {
    (name, file): Page(outputs[file])
    for name, outputs in REPORTS.items()
    for file in islice((file for file in outputs if re.match(r"groups/.*\.html$", file)), 6)
}
ANY_PAGE = {**{(name, "report.html"): page for name, page in PAGES.items()}, **GROUP_PAGES}


@pytest.fixture(params=REPORTS)
def page(request: pytest.FixtureRequest) -> Page:
    return PAGES[request.param]


@pytest.fixture(params=GROUP_PAGES, ids=", ".join)
def group_page(request: pytest.FixtureRequest) -> Page:
    return GROUP_PAGES[request.param]


@pytest.fixture(params=ANY_PAGE, ids=", ".join)
def any_page(request: pytest.FixtureRequest) -> Page:
    return ANY_PAGE[request.param]


def test_a_page_holds_only_our_own_elements_and_attributes(any_page: Page) -> None:
    assert set(any_page.tags()) <= set(OWN_TAGS.split())
    assert {name for _, attributes in any_page.elements for name in attributes} <= set(OWN_ATTRIBUTES.split())
    assert len(any_page.named("style")) == 1


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_leads_only_into_itself_to_files_beside_it_and_to_the_pads_server(name: str) -> None:
    page = PAGES[name]
    links = [link for link in page.named("a") if not link["href"].startswith("#")]
    pages = {file for file in REPORTS[name] if re.match(r"groups/.*\.html$", file)}
    assert {file_of(link["href"]) for link in links} >= pages
    for link in links:
        assert file_of(link["href"]) in FILES or link["rel"] == "noreferrer"
    for href in page.values("href"):
        assert href.startswith(("#", "https://pads.example.org/p/")) or file_of(href) in FILES or href == "data:,"


@pytest.mark.parametrize(("name", "file"), GROUP_PAGES, ids=lambda part: part)
def test_a_page_of_a_group_leads_into_itself_back_to_the_report_and_to_the_pads_server(name: str, file: str) -> None:
    for link in GROUP_PAGES[name, file].named("a"):
        before = file_of(link["href"])
        if before.removeprefix("../") not in REPORTS[name]:
            assert not before or (before.startswith("https://pads.example.org/p/") and link["rel"] == "noreferrer")


def file_of(href: str) -> str:
    return unquote(href.partition("#")[0])


@pytest.mark.parametrize("name", REPORTS)
def test_every_link_from_one_page_to_another_has_its_target(name: str) -> None:
    pages = {file: Page(text) for file, text in REPORTS[name].items() if file.endswith(".html")}
    ids = {file: {"", *page.values("id")} for file, page in pages.items()}
    for file, page in pages.items():
        for link in page.named("a"):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(file), file_of(link["href"])))
            assert other not in pages or link["href"].partition("#")[2] in ids[other]


def test_every_link_within_a_page_has_its_target_and_every_id_is_one_of_a_kind(any_page: Page) -> None:
    page = any_page
    ids = page.values("id")
    assert len(set(ids)) == len(ids)
    targets = {href[1:] for href in page.values("href") if href.startswith("#")}
    targets |= {target for name in ("aria-labelledby", "aria-describedby", "for") for target in page.values(name)}
    assert targets <= set(ids)


def test_the_policy_allows_this_style_and_script_and_nothing_else(page: Page) -> None:
    [policy] = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    hashes = {}
    for name in ("style", "script"):
        digest = hashlib.sha256(page.text_of(name).encode()).digest()
        hashes[name] = f"'sha256-{base64.b64encode(digest).decode()}'"
    assert policy == (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert len(page.named("script")) == 1


def test_a_page_of_a_group_allows_no_script_and_has_none(group_page: Page) -> None:
    [policy] = [meta["content"] for meta in group_page.named("meta") if "content" in meta and "http-equiv" in meta]
    digest = base64.b64encode(hashlib.sha256(group_page.text_of("style").encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert group_page.named("script") == []


def test_style_and_script_load_nothing_and_write_no_markup() -> None:
    for name in ("style", "script"):
        assert not re.search(r"url\(|@import|@font-face|https?:|fetch\(|innerHTML", PAGES["allotments"].text_of(name))


def test_every_account_has_a_colour_for_light_and_dark() -> None:
    colours = re.findall(r"^( *)(\.a-.*) \{ --account:", (TEMPLATES / "style.css").read_text(), re.MULTILINE)
    for indent in ("", "  "):
        coloured = {name for found, names in colours if found == indent for name in names.split(", ")}
        assert coloured == {f".a-{account.value}" for account in Account}


def test_headings_leave_out_no_level(any_page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in any_page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_what_a_model_wrote_is_a_note_that_its_mark_names(page: Page) -> None:
    notes = [attributes for _, attributes in page.elements if attributes.get("class") == "written"]
    marks = {attributes["id"] for _, attributes in page.elements if attributes.get("class") == "mark"}
    assert {note["role"] for note in notes} <= {"note"}
    assert sorted(note["aria-labelledby"] for note in notes) == sorted(marks)


def test_what_a_model_wrote_is_text_whatever_it_wrote() -> None:
    analysis, corpus = read_allotments()
    hostile = "<img src=x onerror=alert(1)> “quote” — [a](b) {{x}} \u202e\0 " + "w" * 500
    pays, *others = analysis.concerns
    written = replace(pays, label=f"{hostile}!", summary=(cited(hostile, "water-6"),))
    page = Page(checked_report(replace(analysis, concerns=(written, *others)), corpus)["report.html"])
    assert "img" not in page.tags()
    assert f"{spell_out_controls(hostile)} " in page.text
    assert f"{spell_out_controls(hostile)}!" in page.text


def test_tables_have_captions_and_header_cells_say_what_they_head(page: Page) -> None:
    assert len(page.named("caption")) == len(page.named("table"))
    assert {cell["scope"] for cell in page.named("th")} <= {"row", "col"}


def test_a_page_says_its_language_and_has_landmarks_and_a_skip_link(any_page: Page) -> None:
    assert any_page.named("html") == [{"lang": "en", "dir": "ltr"}]
    for landmark in ("header", "nav", "main", "footer"):
        assert any_page.named(landmark)
    assert any_page.named("a")[0]["href"] == "#main"


def test_every_part_is_there_even_if_only_to_say_that_there_is_nothing(page: Page) -> None:
    ids = page.values("id")
    for part in (
        *("about", "glance", "matrix", "recurring", "one-group", "questions", "next-steps", "decisions"),
        *("by-group", "names", "ledger", "made"),
    ):
        assert part in ids


def test_strength_is_never_a_percentage() -> None:
    before_the_ledger = REPORTS["allotments"]["report.html"].split("<body>")[1].split('id="ledger"')[0]
    assert "%" not in re.sub(r"<[^>]*>", "", before_the_ledger)


@given(ANY_TEXT)
def test_escaped_text_holds_no_markup_but_boxes_and_shows_the_text(text: str) -> None:
    page = Page(escape(text))
    assert page.text == text
    assert set(page.tags()) <= {"span"}


def test_quotes_are_read_back_with_the_nearest_link_to_a_line() -> None:
    page = """
        <p data-quote="1:0-1">a</p>
        <div><q data-quote="1:2-5">b &lt; <span class="cp" data-cp="0007">U+0007</span></q><br>
          <a href="#pad-w-l3">line <bdi>3</bdi></a> <i>like <a href="#pad-w-l9">line 9</a></i></div>
        <ol><li><a href="#pad-w-l4">4</a><span><b data-quote="1:6-7"><span lang="de">c</span></b>
          <b data-quote="1:9-9"></b></span></li>
          <li data-quote="1:10-11">d<a href="#concern-1">5</a><a href="https://pads.example.org/p/w">6</a></li></ol>
    """
    assert list(read_back(page)) == [
        ReadQuote(1, 0, 1, "a", ""),
        ReadQuote(1, 2, 5, "b < \a", "line 3"),
        ReadQuote(1, 6, 7, "c", "4"),
        ReadQuote(1, 9, 9, "", "4"),
        ReadQuote(1, 10, 11, "d56", "4"),
    ]


@pytest.mark.parametrize(
    "page",
    (
        "<textarea>We<br>agree</textarea>",  # browsers show the tags
        "<title>a<!-- b --></title>",
        "<p>a<br>b</br></p>",
        "<iframe>a</iframe>",
        "<p>a</p></p>",
        "<p><i>a</p></i>",
        "<p><i>a</i>",
        "<b/>a</b>",
    ),
)
def test_what_browsers_may_read_in_another_way_is_not_read(page: str) -> None:
    with pytest.raises(ValueError, match="<"):
        list(read_back(page))


def test_elements_are_read_alike_with_and_without_others_in_them() -> None:
    page = '<p data-quote="1:0-1">{}a</p><p><a href="#pad-w-l3">{}3</a></p>'
    assert list(read_back(f"<div>{page.format('', '')}</div>")) == [ReadQuote(1, 0, 1, "a", "3")]
    assert list(read_back(f"<div>{page.format('<br>', '<br>')}</div>")) == [ReadQuote(1, 0, 1, "a", "3")]


@pytest.mark.parametrize(("groups", "first_cell"), ((20, "Concern"), (21, "Group")))
def test_with_many_groups_these_are_the_rows_of_the_table_of_concerns(groups: int, first_cell: str) -> None:
    pads = {f"{number} Garden {number}": "* a rota would help ‖ concern=rota" for number in range(1, groups + 1)}
    page = checked_report(*build(pads))["report.html"]
    rows = page.split('id="matrix"')[1].split("</table>")[0].split("<tr>")[1:]
    assert first_cell in rows[0]
    assert len(rows) == (2 if first_cell == "Concern" else groups + 2)
