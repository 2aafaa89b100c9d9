"""Every link of the sample's report lands where it says, in a real browser."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FOLLOW = """(step) => {
  const all = [...new Set([...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href")))];
  const links = all.filter((hash, place) => !hash.startsWith("#pad-") || place % step === 0);
  return links.flatMap((hash) => {
    location.hash = hash;
    const top = document.getElementById(decodeURIComponent(hash.slice(1))).getBoundingClientRect().top;
    const atEnd = document.documentElement.scrollHeight - innerHeight - scrollY < 2;
    return top > -2 && (top < 60 || (atEnd && top < innerHeight)) ? [] : [`${hash}: ${Math.round(top)} px`];
  });
}"""
"""Returns the links whose target is not at the top of the window, or as near to it as the page's end allows.

Of links to lines, which are most, only one in `step` is followed.
"""

LAST_LINE = "document.querySelector('.lines li:last-child').id"


@pytest.fixture
def sample(analysed_sample: Path) -> str:
    return (analysed_sample / "report.html").as_uri()


def opened(browser: Browser, address: str, width: int = 1280, *, scripts: bool = True) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page.goto(address)
    return page


@pytest.mark.parametrize(("width", "step"), ((1280, 8), (390, 1)))
def test_every_link_lands_on_its_target(browser: Browser, sample: str, width: int, step: int) -> None:
    page = opened(browser, sample, width)
    assert page.evaluate(FOLLOW, step) == []
    page.close()


def test_the_files_that_the_report_names_lie_beside_it(browser: Browser, sample: str) -> None:
    page = opened(browser, sample)
    names = page.evaluate("[...document.querySelectorAll('.files a')].map((link) => link.getAttribute('href'))")
    folder = Path(unquote(urlsplit(sample).path)).parent
    written = {path.name for path in folder.iterdir() if path.is_file()} - {"report.html"}
    assert set(names) == written
    page.close()


def test_sections_with_a_file_of_their_own_lead_to_it(browser: Browser, sample: str) -> None:
    page = opened(browser, sample)
    files = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".as-file")].map(
            (one) => [one.closest("section").id, [...one.querySelectorAll("a")].map((a) => a.getAttribute("href"))]
        ))"""
    )
    assert files["next-steps"] == ["steps.csv"]
    assert files["timeline"] == ["calendar.ics"]
    assert {"recurring", "prompts", "questions", "hand-offs", "names"} < files.keys()
    folder = Path(unquote(urlsplit(sample).path)).parent
    assert all((folder / name).is_file() for names in files.values() for name in names)
    page.close()


def top_of(page: Page, line: str) -> float:
    return float(page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", line))


def test_a_link_lands_on_load_on_click_and_on_the_way_back(browser: Browser, sample: str) -> None:
    page = opened(browser, sample)
    line = page.evaluate(LAST_LINE)
    page.goto(f"{sample}#{line}")
    assert -2 < top_of(page, line) < 900
    page.goto(sample)
    source = page.locator(".voice .source a").first
    target = str(source.get_attribute("href")).removeprefix("#")
    source.click()
    assert -2 < top_of(page, target) < 60
    page.goto(f"{sample}#ledger")
    page.go_back()
    assert -2 < top_of(page, target) < 60
    page.close()


def test_each_groups_page_is_a_click_away_and_leads_back(browser: Browser, sample: str) -> None:
    page = opened(browser, sample)
    links = page.locator("#group-pages .groups a")
    assert links.count() == page.locator("#by-group .group").count() > 3
    links.first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Volunteers: is this what you said?"
    page.locator("#recurring .source a[href^='../report.html#pad-']").first.click()
    page.locator(".lines :target").wait_for()
    page.go_back()
    page.locator(".dateline a").click()
    assert page.url == f"{sample}#group-Volunteers"
    page.locator("#group-Volunteers > .pad a").first.click()
    page.locator("#ask").wait_for()
    assert page.evaluate(FOLLOW, 1) == []
    page.close()


def test_a_link_to_a_line_that_a_search_left_out_ends_the_search(browser: Browser, sample: str) -> None:
    page = opened(browser, sample)
    line = page.evaluate(LAST_LINE)
    page.fill("#find-words", "kettle")
    page.wait_for_selector("body.finding")
    page.evaluate("id => { location.hash = id; }", line)
    page.wait_for_selector("body:not(.finding)")
    assert -2 < top_of(page, line) < 900
    page.close()


def test_links_land_without_scripts(browser: Browser, sample: str) -> None:
    with_scripts = opened(browser, sample)
    line = with_scripts.evaluate(LAST_LINE)
    page = opened(browser, f"{sample}#{line}", scripts=False)
    box = page.locator(f"[id='{line}']").bounding_box()
    assert box is not None
    assert -2 < box["y"] < 900
    page.close()
    with_scripts.close()
