"""HTML exports become the text that a plain export would give, with structure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import TextRemarkKind
from fetch.errors import PadFailure
from fetch.formats import FORMS, read_html, read_pad, structure_from_html
from tests.support.damaged import HTML_PIECES, assert_plain, assert_sound, damaged_text

ETHERPAD = (
    "<!DOCTYPE HTML><html><head><title>x</title><style>li{}</style></head><body>\n"
    "Head<br><h2>Title &amp; more</h2>"
    '<ul class="bullet"><li>one<ul class="bullet"><li>two <s>gone</s> on</ul></li></ul>'
    '<ol start="3" class="number"><li>three</li><li>four</ol><ul class="indent"><li>moved in</ul>'
    "* literal&nbsp; &lt;b&gt;<br><br>\n</body></html>"
)


def test_etherpad_s_own_export_is_read_line_by_line() -> None:
    text, structure = read_html(ETHERPAD)
    assert text.split("\n") == [
        "Head", "Title & more", "\t* one", "\t\t* two gone on", "\t3. three", "\t4. four", "\tmoved in",
        "* literal  <b>", "", "",
    ]  # fmt: skip
    assert [line.heading for line in structure[:3]] == [0, 2, 0]
    assert [(line.prefix, line.level, line.bullet, line.ordered) for line in structure[2:7]] == [
        (3, 1, True, False),
        (4, 2, True, False),
        (4, 1, False, True),
        (4, 1, False, True),
        (1, 1, False, False),
    ]
    assert structure[3].struck == ((8, 12),)


def test_a_page_from_elsewhere_is_read_by_its_blocks() -> None:
    page = (
        "<div><p>First\n paragraph</p><p>Second</p></div><table><tr><td>a</td><td>b</td></tr></table><pre>x\n  y</pre>"
    )
    text, _ = read_html(f"<script>no</script>{page}<blockquote>said</blockquote>")
    assert text == "First paragraph\nSecond\na | b\nx\n  y\nsaid\n"


@given(st.text(st.sampled_from("<>/ulolih1s bré\n&;\"'p")))
def test_any_tag_soup_gives_lines_and_as_many_structures(soup: str) -> None:
    text, structure = read_html(soup)
    assert len(structure) == text.count("\n") + 1
    for line, one in zip(text.split("\n"), structure, strict=True):
        assert all(one.prefix <= start < end <= len(line) for start, end in one.struck)


@pytest.mark.parametrize("tag", ("<a/", "<a href=", "<!--", "</a", "<"))
def test_a_page_of_tags_without_an_end_is_text_and_read_like_any_other(tag: str) -> None:
    text, _ = read_html(f"<p>one</p>{tag * 100_000}")
    assert text == f"one\n{tag * 100_000}\n"


@pytest.mark.parametrize("declaration", ("<![image](x.png)", "<![if !IE]", "<![CDATA[x]]", "<!x", "<?php x"))
def test_a_declaration_is_passed_over_as_browsers_do(declaration: str) -> None:
    text, _ = read_html(f"<p>one</p>{declaration}>two")
    assert text == "one\ntwo\n"


def test_lists_deeper_than_any_editor_s_do_not_run_away() -> None:
    text, structure = read_html("<ul>" * 5_000 + "<li>deep")
    assert structure[0].level == 99
    assert text == "\t" * 99 + "* deep\n"


@given(
    st.sampled_from(sorted(set(FORMS.values()))),
    st.one_of(st.binary(), damaged_text(ETHERPAD, HTML_PIECES).map(str.encode)),
)
def test_any_bytes_are_a_sound_pad_or_refused_with_a_clause(form: str, data: bytes) -> None:
    try:
        pad = read_pad(data, form)
    except PadFailure as failure:
        assert_plain(failure)
        return
    assert pad.text.encode().decode() == pad.text
    assert_sound(pad)
    assert all(map(str.isprintable, pad.remarks))


@pytest.mark.parametrize(
    ("text", "html", "levels"),
    (
        (
            "\t* one  two\x85\n\t* \n\tin\n",
            "<ul><li>one&nbsp; two&#133;<li></ul><ul class=indent><li>in</ul>",
            [1, 1, 1, 0],
        ),
        ("a\0\tb\x01\n\xa0\nc\n", "a&#0;\tb&#1;<br>\xa0<br>c<br>", [0, 0, 0, 0]),
        ("\t* typed\n", "\t* typed<br>", [0, 0]),
        ("one\ntwo\n", "one<br>", None),
        ("one\n", "one<br>two<br>", None),
        ("\t* one\n", "<ol><li>one</ol>", None),
    ),
)
def test_html_tells_what_the_lines_of_a_plain_text_are_if_they_are_the_same(
    text: str, html: str, levels: list[int] | None
) -> None:
    structure = structure_from_html(text, html)
    assert (structure and [line.level for line in structure]) == levels


@given(st.text(st.sampled_from("\t* 1.\nab\0\x85\xa0")), st.text(st.sampled_from("<>/ulolih1s b&\n\t\x85")))
def test_any_html_fits_every_line_of_a_text_or_none(text: str, html: str) -> None:
    structure = structure_from_html(text, html)
    if structure is not None:
        for line, one in zip(text.split("\n"), structure, strict=True):
            assert all(one.prefix <= start < end <= len(line) for start, end in one.struck)


def test_what_html_does_not_keep_is_remarked_on() -> None:
    pad = read_pad(b"a\0  b", "html")
    assert (pad.text, [remark.kind for remark in pad.text_remarks]) == ("a\ufffd b\n", [TextRemarkKind.FROM_HTML])
