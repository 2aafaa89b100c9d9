"""The report in a real browser: accessible, self-contained, readable on a phone and on paper."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.report.formats.html import escape
from pipeline.report.formats.html_parser import CONTROL_ATTRIBUTE
from pipeline.report.quote_sources import page_path
from tests.support.annotated import ALLOTMENTS, read
from tests.support.compared_events import across_report, three_days
from tests.support.hostile import HOSTILE, event_of
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1280, 900), "phone": (390, 844), "narrow phone": (360, 640)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reports")
    analysis, corpus = read(ALLOTMENTS)
    events = {
        "allotments": (analysis, corpus, "en"),
        "hostile": (*event_of(HOSTILE), "en"),
        "spanish": (analysis, corpus, "es"),
        "read": (*read_allotments(), "en"),
    }
    outputs = {name: checked_report(*event) for name, event in events.items()}
    pages = {name: files["report.html"] for name, files in outputs.items()}
    pages["group"] = outputs["allotments"][f"{page_path('Soil')}.html"]
    pages["group, read"] = outputs["read"][f"{page_path('Soil')}.html"]
    hostile, _ = event_of(HOSTILE)
    again = replace(hostile, event=replace(hostile.event, id="again"))
    pages["across"] = across_report(three_days())["report.html"]
    pages["across, hostile"] = across_report((hostile, again))["report.html"]
    pages["group, hostile"] = max((text for file, text in outputs["hostile"].items() if is_group_page(file)), key=len)
    return {name: written(folder / f"{name}.html", page) for name, page in pages.items()}


def is_group_page(file: str) -> bool:
    return file.startswith("groups/") and file.endswith(".html")


def written(path: Path, text: str) -> str:
    path.write_bytes(text.encode())
    return path.as_uri()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def opened(page: Page, address: str, size: str = "desktop", scheme: str = "light") -> Page:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(address)
    return page


def unfolded(page: Page) -> None:
    """Opens what is folded and lays out what is off screen, so that nothing escapes being measured."""
    page.evaluate(
        """() => {
            for (const one of document.querySelectorAll("details")) one.open = true;
            for (const one of document.querySelectorAll(".group")) one.style.contentVisibility = "visible";
        }"""
    )


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    (
        ("allotments", "desktop", "light"),
        ("allotments", "phone", "dark"),
        ("spanish", "phone", "light"),
        ("read", "desktop", "dark"),
        ("group", "desktop", "light"),
        ("group, read", "phone", "dark"),
        ("across", "desktop", "light"),
        ("across", "phone", "dark"),
    ),
)
def test_axe_finds_no_violation(page: Page, reports: dict[str, str], name: str, size: str, scheme: str) -> None:
    opened(page, reports[name], size, scheme)
    unfolded(page)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", ("allotments", "hostile", "group", "group, hostile", "across, hostile"))
def test_the_page_asks_for_nothing_and_breaks_none_of_its_own_rules(
    page: Page, reports: dict[str, str], name: str
) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    opened(page, reports[name])
    page.wait_for_load_state("networkidle")
    assert asked == [reports[name]]
    assert said == []
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "600"
    assert page.locator(".find").is_visible() or name.startswith(("group", "across"))


@pytest.mark.parametrize(
    ("name", "size"),
    (
        *((name, "narrow phone") for name in ("allotments", "hostile", "spanish", "read", "group, read", "across")),
        *(("group, hostile", size) for size in SIZES),
        *((name, size) for name in ("hostile", "across, hostile") for size in ("desktop", "phone")),
    ),
)
def test_the_page_never_scrolls_sideways(page: Page, reports: dict[str, str], size: str, name: str) -> None:
    opened(page, reports[name], size)
    unfolded(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]


@pytest.mark.parametrize(
    ("width", "media", "share"),
    ((390, "screen", 0.9), (704, "screen", 0.8), (1280, "screen", 0.6), (704, "print", 0.4)),  # paper has two columns
)
def test_concerns_of_one_group_are_as_wide_as_lines_are_read(
    page: Page, reports: dict[str, str], width: int, media: Literal["screen", "print"], share: float
) -> None:
    opened(page, reports["allotments"])
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media)
    widths = page.evaluate(
        """() => ["#one-group", "#one-group h4", "#one-group .said"].map(
            (one) => document.querySelector(one).getBoundingClientRect().width)"""
    )
    assert min(widths) > share * widths[0]


def test_the_picture_of_concerns_is_on_the_first_screen_or_after_the_strongest_concerns_and_readable(
    page: Page, reports: dict[str, str]
) -> None:
    places = """() => {
        const box = (one) => document.querySelector(one).getBoundingClientRect();
        const [picture, list] = [box(".picture svg"), box(".strongest")];
        const texts = [...document.querySelectorAll(".picture text")].map((text) => text.getBoundingClientRect());
        const outside = texts.filter((text) => text.left < picture.left || text.right > picture.right);
        return [picture.top, picture.bottom, list.bottom, outside.length, picture.width / 320];
    }"""
    top, bottom, _, outside, scale = opened(page, reports["allotments"]).evaluate(places)
    assert 0 < top < bottom < SIZES["desktop"][1]
    assert (outside, scale >= 1) == (0, True)
    top, _, end_of_list, outside, scale = opened(page, reports["allotments"], "narrow phone").evaluate(places)
    assert top > end_of_list
    assert (outside, scale >= 1) == (0, True)  # its smallest text has 11 units


def test_readers_see_every_quote_to_the_character(page: Page, reports: dict[str, str]) -> None:
    analysis, _ = event_of(HOSTILE)
    opened(page, reports["hostile"])
    found = page.evaluate(
        """() => [...document.querySelectorAll("blockquote[data-quote]")].map((quote) => {
            const copy = quote.cloneNode(true);
            const codes = [...copy.querySelectorAll("[data-cp]")];
            codes.forEach((one) => one.replaceWith(`<${one.dataset.cp}>`));
            return copy.textContent;
        })"""
    )
    wanted = {"".join(_shown(character) for character in segment.text) for segment in analysis.segments}
    assert wanted <= set(found)


def _shown(character: str) -> str:
    return f"<{ord(character):04x}>" if CONTROL_ATTRIBUTE in escape(character) else character


def test_a_link_to_a_line_leads_there(page: Page, reports: dict[str, str]) -> None:
    opened(page, reports["allotments"])
    page.locator("#recurring .source a").first.click()
    assert page.url.endswith("#pad-water-l6")
    assert page.locator("#pad-water-l6").is_visible()
    assert page.evaluate("document.querySelector('#pad-water-l6').getBoundingClientRect().top") < SIZES["desktop"][1]


def test_the_contents_say_which_section_is_read(page: Page, reports: dict[str, str]) -> None:
    current = opened(page, reports["allotments"]).locator('.contents a[aria-current="true"]')
    for title in ("Questions", "Who raised what"):
        page.get_by_role("link", name=title, exact=True).first.click()
        expect(current).to_have_text([title])


def test_paper_shows_what_was_folded_and_leaves_out_what_only_works_on_screens(
    page: Page, reports: dict[str, str]
) -> None:
    opened(page, reports["allotments"])
    folded = page.locator("details .said").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.is_visible()
    assert not page.locator(".side").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not folded.is_visible()


def test_without_script_everything_is_there_but_the_search(browser: Browser, reports: dict[str, str]) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(reports["allotments"])
    assert not page.locator(".find").is_visible()
    page.locator("#recurring .card > details > summary").first.click()
    assert page.get_by_text("last time it was Joe").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("details .said").first.is_visible()
    page.close()


def test_a_member_sees_at_once_on_a_phone_what_is_asked_of_the_group(page: Page, reports: dict[str, str]) -> None:
    opened(page, reports["group"], "phone")
    assert page.get_by_role("heading", level=1).inner_text() == "Soil: is this what you said?"
    asked = page.locator("#ask li").all()
    assert len(asked) == 3
    assert all(one.bounding_box()["y"] < SIZES["phone"][1] for one in asked)  # type: ignore[index]  # they are visible


HAS_SCROLLED = """() => new Promise((done) => {
    const wide = document.querySelector('.scroll');
    const look = (frames) => (wide.scrollLeft > 0 || !frames
        ? done(wide.scrollLeft > 0)
        : requestAnimationFrame(() => look(frames - 1)));
    look(300);
})"""
"""Watches frame by frame, since scrolling is smooth; Playwright's own waiting evaluates strings, which the report's
Content-Security-Policy refuses."""


def test_the_keyboard_reaches_the_skip_link_first_and_the_wide_tables(page: Page, reports: dict[str, str]) -> None:
    opened(page, reports["allotments"], "phone")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.locator(":focus").is_visible()
    region = page.get_by_role("region", name="Concerns of several groups, by group")
    region.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(HAS_SCROLLED)
