"""What is copied out of the report in a real browser, and the links that its headings are."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.annotated import ALLOTMENTS, read
from tests.support.hostile import HOSTILE, event_of
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report

pytestmark = pytest.mark.browser

COPY_ALL = """async ([within, as]) => {
    const copied = [];
    const clipboard = { writeText: async (text) => { copied.push(text); } };
    Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    for (const one of document.querySelectorAll(within)) {
        one.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
        document.querySelector(`#copy [data-as=${as}]`).click();
        await null;
    }
    return copied;
}"""
"""Copies every element that a selector finds, as the buttons do that are shown when the keyboard is at it."""

QUOTES = "main > section:not(#one-group) blockquote:not(.answers *)"
"""All but those that stand below a group's name in report.wiki, or below a question of the same group."""

HEADINGS = "article.card :is(h3, h4)"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The folder of each report."""
    allotments = read(ALLOTMENTS)
    events = {
        "allotments": checked_report(*allotments),
        "hostile": checked_report(*event_of(HOSTILE)),
        "spanish": checked_report(*allotments, "es"),
        "read": checked_report(*read_allotments()),
    }
    folder = tmp_path_factory.mktemp("shared reports")
    for name, files in events.items():
        (folder / name).mkdir()
        for file in ("report.html", "report.wiki"):
            (folder / name / file).write_bytes(files[file].encode())
    return {name: folder / name for name in events}


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.close()


def opened(page: Page, folder: Path) -> Page:
    page.goto((folder / "report.html").as_uri())
    return page


def wikitext(folder: Path) -> str:
    return (folder / "report.wiki").read_bytes().decode()


@pytest.mark.parametrize("name", ("allotments", "hostile", "spanish", "read"))
def test_every_quote_is_copied_as_the_wiki_page_has_it(page: Page, reports: Mapping[str, Path], name: str) -> None:
    copied = opened(page, reports[name]).evaluate(COPY_ALL, [QUOTES, "wikitext"])
    assert len(copied) == page.locator(QUOTES).count()
    assert len(set(copied)) > 10
    assert [quote for quote in copied if quote not in wikitext(reports[name])] == []


@pytest.mark.parametrize("name", ("hostile", "spanish", "read"))
def test_every_concern_is_copied_as_the_wiki_page_has_it(page: Page, reports: Mapping[str, Path], name: str) -> None:
    copied = opened(page, reports[name]).evaluate(COPY_ALL, [HEADINGS, "wikitext"])
    assert len(copied) == page.locator(HEADINGS).count() > 0
    assert len(set(copied)) == len(copied)
    concerns = {concern.split("\n")[0]: concern for concern in copied}
    blocks = re.split(r"\n+(?===)|\n<!--", wikitext(reports[name]))
    of_several = [block for block in blocks if block.startswith('=== <span id="concern-')]
    assert of_several
    for block in of_several:
        assert sorted(concerns[block.split("\n")[0]].split()) == sorted(block.split())


def test_a_quote_is_copied_with_its_source_and_a_concern_with_its_quotes(
    page: Page, reports: Mapping[str, Path]
) -> None:
    opened(page, reports["allotments"])
    quote = page.locator("#recurring .exemplars .said").first
    quote.hover()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied with its source.")).to_be_visible()
    address = quote.locator(".out").get_attribute("href")
    where = quote.locator(".source a").first.inner_text()
    text, event = quote.locator("blockquote").inner_text(), "Allotments, an invented event, 3 May 2026"
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"“{text}” — Water, {where} {address} ({event})"
    page.locator("#recurring h3").first.hover()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied with its source.")).to_be_visible()
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert lines[0] == page.locator("#recurring h3").first.inner_text()
    assert lines.count("") == 3
    assert len(lines) > 6


def test_the_keyboard_copies_from_the_line_of_a_quote_and_stays_there(page: Page, reports: Mapping[str, Path]) -> None:
    opened(page, reports["allotments"])
    said = page.locator("#recurring .exemplars .said").first
    said.locator(".out").focus()
    for name in ("Copy", "Copy as wikitext"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied as wikitext.")).to_be_visible()
    expect(page.locator(":focus")).to_have_text("Copy as wikitext")
    assert page.evaluate("navigator.clipboard.readText()") in wikitext(reports["allotments"])
    page.keyboard.press("Escape")
    expect(page.locator("#copy")).to_be_hidden()
    expect(said.locator(".source a").first).to_be_focused()
    buttons = page.locator("main button:not(.sort)").count()
    assert buttons == 2


def test_a_page_that_may_not_use_the_clipboard_copies_what_it_selects(page: Page, reports: Mapping[str, Path]) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")
    opened(page, reports["allotments"])
    page.locator("#recurring .exemplars .said").first.hover()
    page.get_by_role("button", name="Copy as wikitext").click()
    expect(page.get_by_role("status").filter(has_text="Copied as wikitext.")).to_be_visible()
    page.locator("#find-words").focus()
    page.keyboard.press("Control+V")
    assert page.locator("#find-words").input_value() in wikitext(reports["allotments"])


def test_what_a_browser_refuses_to_copy_is_shown_selected(page: Page, reports: Mapping[str, Path]) -> None:
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;"
    )
    opened(page, reports["allotments"])
    page.locator("#recurring .exemplars .said").first.hover()
    page.get_by_role("button", name="Copy as wikitext").click()
    expect(page.get_by_role("status").filter(has_text="does not let the page copy")).to_be_visible()
    assert page.evaluate("getSelection().toString()") in wikitext(reports["allotments"])
    expect(page.get_by_role("textbox", name="Text to copy")).to_be_focused()


def test_a_tap_shows_the_buttons_on_a_phone_and_headings_show_that_they_are_links(
    browser: Browser, reports: Mapping[str, Path]
) -> None:
    phone = browser.new_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    opened(phone, reports["allotments"])
    assert phone.evaluate("getComputedStyle(document.querySelector('h2 .self'), '::after').opacity") == "1"
    for place in ("#recurring .exemplars blockquote", "#recurring h3"):
        phone.locator(place).first.tap()
        box = phone.get_by_role("button", name="Copy as wikitext").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    results = Axe().run(phone)
    assert results.violations_count == 0, results.generate_report()
    phone.close()


def test_every_section_and_concern_has_a_heading_that_is_a_link_to_it(page: Page, reports: Mapping[str, Path]) -> None:
    opened(page, reports["allotments"])
    without = page.evaluate(
        """() => [...document.querySelectorAll("main > section, article.card, .group")].filter(
            (one) => one.querySelector(":is(h2, h3, h4) > .self")?.hash !== `#${one.id}`).map((one) => one.id)"""
    )
    assert without == []
    link = page.locator("#next-steps h2 a")
    assert link.inner_text() == "Next steps"
    link.click()
    assert page.url.endswith("#next-steps")


def test_without_script_nothing_is_offered_that_does_not_work(browser: Browser, reports: Mapping[str, Path]) -> None:
    page = browser.new_page(java_script_enabled=False)
    opened(page, reports["allotments"])
    page.locator("#recurring .exemplars .said").first.hover()
    assert page.locator("button:visible").count() == 0
    assert not page.locator(".how-to-copy").is_visible()
    page.close()
