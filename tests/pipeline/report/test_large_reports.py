"""Large reports in a real browser: how large they are, and that an index page and tables of many groups work.

How quickly they open and are searched is measured by benchmarks/report_search.py.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.report import render_report
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.hostile import HOSTILE, event_of
from tests.support.reports import index_report

pytestmark = pytest.mark.browser

MEGABYTE = 1_000_000
WORDS = "water tap pump repair gate rota bins soil bees path key fund council summer meeting notice board"


def notes(segments: int, groups: int) -> dict[str, str]:
    """Annotated pads of invented notes: two thirds are in 40 concerns, every fifth is a question or a next step."""
    kinds, words = {0: "question", 1: "action"}, WORDS.split()
    lines = [
        f"* {' '.join(words[number * (place + 3) % len(words)] for place in range(9 + number % 7))} {number}"
        f" ‖ {kinds.get(number % 10, '')}" + (f" concern=c{number % 40}" if number % 3 else "")
        for number in range(segments)
    ]
    return {f"{group} Group {group}": "\n".join(lines[group::groups]) for group in range(groups)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


def written(folder: Path, outputs: Mapping[str, str]) -> str:
    """Writes the pages and returns the address of the report."""
    for name, text in outputs.items():
        if name.endswith(".html"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def large(folder: Path) -> str:
    """The report on 10,000 segments of 50 groups."""
    return written(folder / "large", render_report(*build(notes(10_000, 50)), translation()))


@pytest.fixture(scope="module")
def index(folder: Path) -> str:
    """A small report as if it were a large one."""
    return written(folder / "index", index_report(*read(ALLOTMENTS)))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(10_000)
    yield page
    page.close()


LANDED = """() => {
    const top = document.querySelector(":target").getBoundingClientRect().top;
    const atEnd = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
    return top > -2 && (top < 60 || (atEnd && top < innerHeight));
}"""
LINES = (
    "[...new Set([...document.querySelectorAll('a')].map((link) => link.href))].filter((href) => /#pad-/.test(href))"
)
MISSED = """async () => {
    const hashes = [...new Set([...document.querySelectorAll('main a[href^="#"]')].map((link) => link.hash))];
    const missed = [];
    for (const hash of hashes.filter((_, number) => number % 20 === 0)) {
        location.hash = hash;
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
        const top = document.getElementById(decodeURIComponent(hash.slice(1))).getBoundingClientRect().top;
        const atEnd = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
        if (!(top > -2 && (top < 60 || (atEnd && top < innerHeight)))) missed.push(`${hash}: ${Math.round(top)} px`);
    }
    return missed;
}"""
"""Returns every twentieth link that misses its target after three frames, in which what came into view is drawn."""


def test_a_report_of_1000_segments_is_less_than_a_megabyte(page: Page, folder: Path) -> None:
    with patch("pipeline.report.quote_sources.LONG", -1):
        address = written(folder / "medium", render_report(*build(notes(1_000, 20)), translation()))
    assert (folder / "medium" / "report.html").stat().st_size < 0.75 * MEGABYTE
    page.goto(address)
    assert page.locator(".lines > li").count() == 1_000
    assert page.evaluate(MISSED) == []


def test_a_report_of_10000_segments_is_an_index_and_a_page_for_each_group(page: Page, folder: Path, large: str) -> None:
    sizes = {path.name: path.stat().st_size for path in (folder / "large").rglob("*.html")}
    assert sizes.pop("report.html") < 4 * MEGABYTE
    assert len(sizes) == 50
    assert max(sizes.values()) < MEGABYTE
    page.goto(large)
    assert page.locator(".lines").count() == 0
    assert page.locator("*").count() < 60_000
    page.locator("#find-words").fill("9999")
    assert page.get_by_role("status").inner_text() == "1 line of 1 group"


def test_every_link_to_a_line_lands_on_the_page_of_its_group(page: Page, index: str) -> None:
    page.goto(index)
    links = page.evaluate(LINES)
    assert len(links) > 10
    for link in links:
        page.goto(link)
        assert page.evaluate(LANDED), link


def test_a_search_finds_every_line_and_leads_to_its_page_and_back(page: Page, index: str) -> None:
    page.goto(index)
    page.locator("#find-words").fill("council")
    page.locator("#results .source > a:first-child").first.click()
    page.locator(".lines :target").wait_for()
    assert page.evaluate(LANDED)
    assert "council" in page.locator(":target").inner_text()
    page.go_back()
    expect(page.locator("#find-words")).to_have_value("council")
    assert page.locator("#results mark").first.is_visible()
    page.keyboard.press("Escape")
    page.locator("#find-kind").evaluate("filter => { filter.closest('details').open = true; }")
    page.locator("#find-kind").select_option(label="Question")
    assert page.locator("#results .source").first.inner_text().endswith("Question")


def test_without_script_the_lines_of_each_group_are_a_click_away(browser: Browser, index: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(index)
    links = page.get_by_role("link", name="All lines of this group")
    assert links.count() == 5
    assert not page.locator("#line-data").is_visible()
    links.first.click()
    assert page.locator("#own-lines .lines > li").first.is_visible()
    page.close()


def test_paper_says_where_the_lines_are(page: Page, index: str) -> None:
    page.goto(index)
    page.emulate_media(media="print")
    assert page.get_by_text("the lines of each group are on a page of its own, in the folder groups").is_visible()
    assert not page.locator(".sort").first.is_visible()


def test_an_index_of_hostile_pads_does_nothing(page: Page, folder: Path) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(written(folder / "hostile", index_report(*event_of(HOSTILE))))
    page.on("request", lambda request: asked.append(request.url))
    for words in ("<script", "onerror", "&amp;", "u+202e", "\\", "]"):
        page.locator("#find-words").fill(words)
        assert page.locator("#results blockquote").count() or words == "]"
    assert page.locator("#results :is(script, img, style, iframe)").count() == 0
    assert said == asked == []


def test_axe_finds_no_violation_on_an_index(page: Page, index: str) -> None:
    page.goto(index)
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()


def test_the_heads_of_a_table_of_many_groups_stay_in_view(page: Page, large: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(large)
    region = page.get_by_role("region", name="Concerns of several groups, by group")
    region.focus()
    region.evaluate("region => { region.scrollTo(300, 600); }")
    outer = region.bounding_box()
    assert outer
    for head, edge in (("thead th:nth-child(9)", "y"), ("tbody tr:nth-child(15) th", "x")):
        box = region.locator(head).bounding_box()
        assert box
        assert abs(box[edge] - outer[edge]) < 2  # type: ignore[literal-required]  # x and y
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_table_is_sorted_by_the_buttons_of_its_heads_and_back(page: Page, large: str) -> None:
    page.goto(large)
    page.locator("#ledger summary").click()
    table = page.locator("#ledger .by-group")
    rows = table.locator("tbody tr")
    before = rows.all_inner_texts()
    button = table.get_by_role("button", name="Sort by Question")
    column = [head.inner_text() for head in table.locator("thead th").all()].index("Question")
    sorted_cells = rows.locator(f"td:nth-child({column + 1})")
    for direction in ("descending", "ascending"):
        button.press("Enter")
        assert table.locator("[aria-sort]").get_attribute("aria-sort") == direction
        numbers = list(map(int, sorted_cells.all_inner_texts()))
        assert numbers == sorted(numbers, reverse=direction == "descending")
    button.press("Enter")
    assert rows.all_inner_texts() == before
    assert table.locator("[aria-sort]").count() == 0
    table.get_by_role("button", name="Sort by Group").press("Enter")
    assert rows.first.inner_text() < rows.last.inner_text()
