"""The report on paper, as a real browser prints it: its outline, its pages, and nothing cut off."""

import base64
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.reports import checked_report

pytestmark = pytest.mark.browser

PAPER: ViewportSize = {"width": 688, "height": 1020}
"""A4 without its margins, in CSS pixels."""

GROUPS = 50
LONG_WORD = "Kreisverbandsvorstandssitzungsprotokollführervertretungsregelung" * 3


def crowd() -> Mapping[str, str]:
    """Return the pads of many groups, of which each answers a prompt and speaks of the next."""
    return {
        f"{number} Neighbourhood assembly {number}": f"""Which tap leaks? ‖ prompt
* the tap of row {number} leaks ‖ concern=leaking_taps
* {LONG_WORD} ‖ concern={"one" if number % 2 else "other"}
* https://example.org/{"path/" * 40} ‖ action
* ask them about the pump ‖ about=Neighbourhood_assembly_{number % GROUPS + 1}"""
        for number in range(1, GROUPS + 1)
    }


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("printed reports")
    events = {"allotments": read(ALLOTMENTS), "crowd": build(crowd())}
    for name, event in events.items():
        (folder / f"{name}.html").write_bytes(checked_report(*event)["report.html"].encode())
    return {name: Path(folder, f"{name}.html").as_uri() for name in events}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=PAPER)
    yield page
    page.close()


_TITLE = re.compile(r"/Title (?:<FEFF([0-9A-F]+)>|\(((?:\\.|[^\\)])*)\))")


def _title(utf_16: str, escaped: str) -> str:
    """Return a title of a PDF, which holds it in UTF-16 or, if it is ASCII, with backslashes (ISO 32000, 7.9.2)."""
    return bytes.fromhex(utf_16).decode("utf-16-be") if utf_16 else re.sub(r"\\(.)", r"\1", escaped)


def printed(page: Page, address: str) -> Page:
    page.goto(address)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    return page


@pytest.mark.parametrize("name", ("allotments", "crowd"))
def test_nothing_is_wider_than_paper(page: Page, reports: Mapping[str, str], name: str) -> None:
    printed(page, reports[name])
    too_wide = page.evaluate(
        """(width) => [...document.querySelectorAll("main *")].filter(
            (one) => one.checkVisibility() && !one.closest(".vh") && one.getBoundingClientRect().right > width + 1
        ).map((one) => one.outerHTML.slice(0, 80))""",
        PAPER["width"],
    )
    assert too_wide == []


def test_a_pdf_is_tagged_and_its_outline_is_the_contents(page: Page, reports: Mapping[str, str]) -> None:
    page.goto(reports["allotments"])
    session = page.context.new_cdp_session(page)
    wanted = {"generateTaggedPDF": True, "generateDocumentOutline": True, "preferCSSPageSize": True}
    pdf = base64.b64decode(session.send("Page.printToPDF", wanted)["data"])
    assert b"/StructTreeRoot" in pdf
    titles = [_title(*parts) for parts in _TITLE.findall(pdf.decode("latin-1"))]
    sections = page.locator("main > section:not(#group-pages) > h2").all_inner_texts()
    assert [title for title in titles if title in sections] == sections


def test_headings_are_in_order_on_paper(page: Page, reports: Mapping[str, str]) -> None:
    """No level is left out on the way down, as in the contents of a book."""
    printed(page, reports["allotments"])
    levels = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, h4")].filter((one) => one.checkVisibility())
            .map((one) => Number(one.tagName[1]))"""
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_paper_says_where_each_pad_is_and_names_the_line_of_each_quote(page: Page, reports: Mapping[str, str]) -> None:
    printed(page, reports["allotments"])
    assert "timeslider" in page.evaluate(
        "getComputedStyle(document.querySelector('.group .pad .out'), '::after').content"
    )
    assert page.locator("#recurring .source").first.inner_text().startswith("line ")
    assert page.locator(".on-paper").is_visible()


def test_next_steps_are_printed_once_and_the_timeline_refers_to_them(page: Page, reports: Mapping[str, str]) -> None:
    printed(page, reports["allotments"])
    steps = page.locator("#timeline .is-step")
    assert steps.count() > 0
    assert not any(step.locator("blockquote").is_visible() for step in steps.all())
    assert all("line " in step.inner_text() for step in steps.all())
    others = page.locator("#timeline .steps > :not(.is-step) blockquote")
    assert all(other.is_visible() for other in others.all())


def test_the_pads_are_an_appendix_on_pages_of_their_own(page: Page, reports: Mapping[str, str]) -> None:
    printed(page, reports["allotments"])
    assert page.locator("main > section").last.get_attribute("id") == "by-group"
    assert page.evaluate("getComputedStyle(document.querySelector('#by-group')).breakBefore") == "page"
