"""The search of the report in a real browser: what is found, where it is shown, and how one gets there and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.support.annotated import build
from tests.support.hostile import HOSTILE, event_of
from tests.support.reports import checked_report

pytestmark = pytest.mark.browser

LONG = "\n".join(f"* parcel {number} came late" for number in range(1, 61))
PADS: Mapping[str, str] = {
    "1 Water": """# Water ‖ heading
Which tap leaks? ‖ prompt
* Benoît will ask the mayor ‖ action concern=the_mayor
* it’s the pump, not the mayor ‖ concern=the_mayor
* who pays for the tap? ‖ question
* na Straße 5, beim Brunnen ‖ lang=de
* le cœur du problème ‖ lang=fr""",
    "2 Soil": """# Soil ‖ heading
Which tap leaks? ‖ prompt
* the mayor pays; <b>always</b> ‖ concern=the_mayor
* we agreed on 10 km of hose ‖ decision concern=the_purse_of_all
* the ﬁnal plan is ＯＫ, co\u00adoperative and naïve
* e-mail – or call – Zoe\u0308""",
    "3 Post": LONG,
    "4 Shed": "* the spade is in the shed",
}
SHED_IS_OF = "Post"
"""The group that wrote the pad `shed`, too."""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the report is in each language, and that of hostile pads."""
    analysis, corpus = build(PADS)
    of_shed = {"Shed": SHED_IS_OF}
    answers = tuple(
        replace(
            segment,
            group=of_shed.get(segment.group, segment.group),
            prompt="Which tap leaks?" if segment.group in {"Water", "Soil"} else None,
        )
        for segment in analysis.segments
    )
    pads = tuple(replace(pad, group=of_shed.get(pad.group, pad.group)) for pad in analysis.pads)
    analysis = replace(analysis, segments=answers, pads=pads)
    pages = {language: checked_report(analysis, corpus, language)["report.html"] for language in ("en", "es")}
    pages["hostile"] = checked_report(*event_of(HOSTILE))["report.html"]
    folder = tmp_path_factory.mktemp("reports")
    for name, page in pages.items():
        (folder / f"{name}.html").write_bytes(page.encode())
    return {name: Path(folder, f"{name}.html").as_uri() for name in pages}


@pytest.fixture(scope="module")
def shared(browser: Browser, addresses: dict[str, str]) -> Iterator[Page]:
    """The English report, opened once for all tests that only look for words."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(addresses["en"])
    yield page
    page.close()


@pytest.fixture
def page(browser: Browser, addresses: dict[str, str]) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(10_000)
    page.goto(addresses["en"])
    yield page
    page.close()


def search(page: Page, words: str = "", **filters: str) -> None:
    page.locator("#find-words").fill(words)
    for name, option in filters.items():
        page.locator(f"#find-{name}").select_option(label=option)


def found_lines(page: Page) -> list[str]:
    return page.locator("#results blockquote").all_inner_texts()


def marked(page: Page) -> list[str]:
    return page.locator("#results blockquote mark").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "line", "words"),
    (
        ("benoit", "* Benoît will ask the mayor", ["Benoît"]),
        ("BENOÎT", "* Benoît will ask the mayor", ["Benoît"]),
        ("it's", "* it’s the pump, not the mayor", ["it’s"]),
        ("it´s", "* it’s the pump, not the mayor", ["it’s"]),
        ("strasse", "* na Straße 5, beim Brunnen", ["Straße"]),
        ("s 5", "* na Straße 5, beim Brunnen", ["S", "ß", "5"]),
        ("coeur", "* le cœur du problème", ["cœur"]),
        ("final", "* the ﬁnal plan is ＯＫ, co\u00adoperative and naïve", ["ﬁnal"]),
        ("ok", "* the ﬁnal plan is ＯＫ, co\u00adoperative and naïve", ["ＯＫ"]),
        ("cooperative", "* the ﬁnal plan is ＯＫ, co\u00adoperative and naïve", ["co\u00adoperative"]),
        ("10 km", "* we agreed on 10 km of hose", ["10", "km"]),
        ("zoe", "* e-mail – or call – Zoe\u0308", ["Zoe\u0308"]),
        ("hose agreed", "* we agreed on 10 km of hose", ["agreed", "hose"]),
        ("<b>", "* the mayor pays; <b>always</b>", ["<b>"]),
    ),
)
def test_all_words_are_found_in_any_order_however_they_are_written(
    shared: Page, typed: str, line: str, words: list[str]
) -> None:
    search(shared, typed)
    assert found_lines(shared) == [line]
    assert marked(shared) == words


def test_lines_and_groups_are_counted(shared: Page) -> None:
    for words, count in (("mayor", "3 lines of 2 groups"), ("hose", "1 line of 1 group"), ("xyz", "Nothing found")):
        search(shared, words)
        assert shared.get_by_role("status").inner_text() == count


def test_what_is_found_says_where_it_stands_and_leads_to_its_concern(shared: Page) -> None:
    search(shared, "mayor")
    assert shared.locator("#results .margin bdi").all_inner_texts() == ["Water", "Soil"]
    assert shared.locator("#results .source").first.inner_text() == "line 3 In the mayor · Next step"
    assert shared.locator(".in-concerns li").all_inner_texts() == ["the mayor 3 lines"]
    search(shared, "the tap")
    assert not shared.locator(".in-concerns").is_visible()
    search(shared, "spade")
    assert shared.locator("#results .source").all_inner_texts() == ["line 1 of shed In no concern"]


def test_words_bring_a_few_concerns_and_a_button_for_the_rest_a_filter_alone_brings_all(
    browser: Browser, tmp_path: Path
) -> None:
    pad = "\n".join(f"* the gate is late on day {number} ‖ concern=day_{number}" for number in range(1, 9))
    report = tmp_path / "report.html"
    report.write_bytes(checked_report(*build({"1 Water": pad, "2 Soil": pad}))["report.html"].encode())
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report.as_uri())
    search(page, "gate")
    titles, button = page.locator(".in-concerns li a"), page.locator(".more-concerns")
    assert titles.count() == 5
    assert button.inner_text() == "Show 3 more"
    button.click()
    assert titles.count() == 8
    assert not button.is_visible()
    expect(titles.nth(5)).to_be_focused()
    search(page, "gate late")
    assert titles.count() == 5
    search(page, "", group="Soil")
    assert titles.count() == 8
    page.close()


def test_a_concern_whose_name_alone_has_the_words_is_shown(shared: Page) -> None:
    search(shared, "purse of")
    assert shared.locator(".in-concerns li").all_inner_texts() == ["the purse of all"]
    assert shared.get_by_role("status").inner_text() == "0 lines"


@pytest.mark.parametrize(
    ("filters", "count"),
    (
        ({"group": "Water"}, "6 lines of 1 group"),
        ({"kind": "Question"}, "1 line of 1 group"),
        ({"kind": "Set aside: template, boilerplate"}, "2 lines of 2 groups"),
        ({"prompt": "Which tap leaks?"}, "9 lines of 2 groups"),
        ({"language": "German"}, "1 line of 1 group"),
        ({"group": "Soil", "kind": "Decision"}, "1 line of 1 group"),
    ),
)
def test_lines_are_filtered(browser: Browser, addresses: dict[str, str], filters: dict[str, str], count: str) -> None:
    page = browser.new_page()
    page.goto(addresses["en"])
    page.locator(".filters").evaluate("details => { details.open = true; }")
    search(page, **filters)
    assert page.get_by_role("status").inner_text() == count
    page.close()


def test_where_nothing_is_found_there_are_ways_out(page: Page) -> None:
    search(page, "hose mayor", kind="Decision")
    assert page.get_by_text("No line has all of this.").is_visible()
    assert page.locator(".ways-out button").all_inner_texts() == ["Only “hose”: 1 line"]
    page.locator(".ways-out button").click()
    assert found_lines(page) == ["* we agreed on 10 km of hose"]
    search(page, "mayor")
    page.get_by_text("Without the filters: 3 lines").click()
    assert page.get_by_role("status").inner_text() == "3 lines of 2 groups"
    expect(page.locator("#find-words")).to_be_focused()


def test_the_template_is_no_groups_word_but_can_be_searched(page: Page) -> None:
    search(page, "leaks")
    assert page.get_by_role("status").inner_text() == "Nothing found"
    page.get_by_text("Among what was set aside: 2 lines").click()
    assert found_lines(page) == ["Which tap leaks?"] * 2


@pytest.mark.parametrize("size", ((1280, 900), (390, 844), (360, 640)))
def test_what_is_found_is_in_view_at_once_wherever_one_was(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for place in (0, 3000, 10**6):
        page.evaluate("top => scrollTo(0, top)", place)
        page.evaluate("document.activeElement.blur()")
        start = page.evaluate("scrollY")
        page.keyboard.press("/")
        page.keyboard.type("mayor")
        for element in ("#find-words", "#results blockquote mark"):
            box = page.locator(element).first.bounding_box()
            assert box
            assert 0 <= box["y"] < size[1]
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.evaluate("document.querySelector('#results').scrollWidth") <= size[0]
        page.keyboard.press("Escape")
        assert page.locator("#find-words").input_value() == ""
        assert not page.locator("#results").is_visible()
        assert page.evaluate("scrollY") == start


def test_the_keyboard_reaches_the_first_result_and_the_next_page_of_results(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("parcel")
    page.keyboard.press("Enter")
    expect(page.locator("#results a").first).to_be_focused()
    assert len(found_lines(page)) == 50
    page.get_by_text("Show 10 more").press("Enter")
    assert len(found_lines(page)) == 60
    expect(page.locator("#results .source a").nth(50)).to_be_focused()


def test_a_search_is_kept_in_the_address(page: Page, browser: Browser) -> None:
    search(page, "MAYOR ", group="Water")
    expect(page).to_have_url(re.compile(r"en\.html#find\?q=MAYOR&group=Water$"))
    other = browser.new_page()
    other.goto(page.url)
    assert other.get_by_role("status").inner_text() == "2 lines of 1 group"
    assert other.locator("#find-group").input_value() == "Water"
    other.close()


def test_an_address_that_asks_for_what_is_no_more_searches_for_the_rest(page: Page, addresses: dict[str, str]) -> None:
    page.goto(addresses["en"] + "#find?q=mayor&group=Gone&colour=red")
    assert page.get_by_role("status").inner_text() == "3 lines of 2 groups"


def top_of(page: Page, anchor: str) -> float:
    return float(page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", anchor))


def test_a_link_out_of_a_search_shows_its_target_and_the_way_back_the_search(page: Page) -> None:
    search(page, "parcel 59")
    page.locator("#results .source a").click()
    expect(page).to_have_url(re.compile("#pad-post-l59$"))
    assert not page.locator("#results").is_visible()
    assert -2 < top_of(page, "pad-post-l59") < 900
    page.go_back()
    assert found_lines(page) == ["* parcel 59 came late"]
    page.locator(".contents a[href='#questions']").click()
    assert -2 < top_of(page, "questions") < 60
    page.go_back()
    page.go_back()
    assert not page.locator("#results").is_visible()
    assert page.url.endswith("en.html")


def test_an_address_of_a_line_that_a_search_leaves_out_shows_the_line(page: Page, addresses: dict[str, str]) -> None:
    search(page, "mayor")
    page.goto(addresses["en"] + "#pad-post-l59")
    assert not page.locator("#results").is_visible()
    assert -2 < top_of(page, "pad-post-l59") < 900


def test_an_ended_search_leaves_the_reader_where_it_began(page: Page) -> None:
    page.locator(".contents a[href='#ledger']").click()
    place = page.evaluate("scrollY")
    entries = page.evaluate("history.length")
    for words in ("mayor", "hose"):
        search(page, words)
        page.keyboard.press("Escape")
        assert page.url.endswith("#ledger")
        assert page.evaluate("scrollY") == place
    assert page.evaluate("history.length") == entries + 1


def test_the_focus_never_stays_below_what_was_found(page: Page) -> None:
    search(page, "mayor")
    page.locator("main a").first.focus()
    assert not page.locator("#results").is_visible()


def test_paper_shows_all_that_was_found_and_says_so(page: Page) -> None:
    search(page, "parcel", group="Post")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".printed").inner_text() == (
        "Printed from a search for “parcel”, Post: 60 lines of 1 group. The whole report has more."
    )
    assert len(found_lines(page)) == 60
    assert not page.locator("main").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    assert page.locator("main").is_visible()
    assert not page.locator("#results").is_visible()


def test_a_spanish_report_is_searched_in_spanish(page: Page, addresses: dict[str, str]) -> None:
    page.goto(addresses["es"])
    page.get_by_label("Buscar en lo que escribieron los grupos").fill("mayor")
    assert page.get_by_role("status").inner_text() == "3 líneas de 2 grupos"
    page.get_by_label("Grupo", exact=True).select_option("Soil")
    assert page.get_by_role("status").inner_text() == "1 línea de 1 grupo"


@pytest.mark.parametrize(
    ("size", "scheme", "words"),
    (((1280, 900), "light", "mayor"), ((390, 844), "dark", "parcel"), ((360, 640), "light", "xyz")),
)
def test_axe_finds_no_violation_while_searching(
    page: Page, size: tuple[int, int], scheme: Literal["light", "dark"], words: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    search(page, words)
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()


def test_a_search_of_hostile_pads_does_nothing_but_find(page: Page, addresses: dict[str, str]) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(addresses["hostile"])
    page.on("request", lambda request: asked.append(request.url))
    for words in ("<script", "onerror", "&amp;", "a", "\u202e", "[", "\\", "{lines}"):
        search(page, words)
    tags = page.evaluate("[...new Set([...document.querySelectorAll('#results *')].map((one) => one.localName))]")
    assert set(tags) <= {
        *("h2", "h3", "p", "div", "ul", "li", "blockquote", "span", "mark", "a", "bdi", "s", "em", "button"),
    }
    assert said == asked == []
