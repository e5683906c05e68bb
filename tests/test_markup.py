"""HTML to blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from endless import ends
from hypothesis import given, settings
from hypothesis import strategies as st

from unecho import markup
from unecho.markup import Page, feeds, read, read_html
from unecho.markup.walk import Walker
from unecho.model import Block


def texts(html: str, style: markup.Style = "txt") -> list[str]:
    page = read_html(html, style)
    check(page)
    return [page.text[block.start : block.end] for block in page.blocks]


def check(page: Page) -> None:
    assert "\n\n".join(page.text[block.start : block.end] for block in page.blocks) == page.text
    for block in page.blocks:
        assert 0 <= block.link_density <= 1
        assert block.tag == "pre" or "\n" not in page.text[block.start : block.end]


def only(html: str) -> Block:
    (block,) = read_html(html).blocks
    return block


# --- blocks ----------------------------------------------------------------------------------------------


def test_blocks_are_cut_at_block_elements_and_breaks() -> None:
    html = "<h1>Head</h1><p>One <b>two</b></p><div>three<p>four</p>five<br>six<br><br>seven</div>"
    assert texts(html) == ["Head", "One two", "three", "four", "five", "six", "seven"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>foo<b>bar</b></p>", "foobar"),
        ("<p>foo <b>bar</b></p>", "foo bar"),
        ("<p>foo<b> bar</b>, baz</p>", "foo bar, baz"),
        ("<p>a\n   <i>b</i>\t\tc </p>", "a b c"),
        ("<p>10\u00a0000 \u00a0people</p>", "10\u00a0000 \u00a0people"),
        ("<p>re<wbr>port<!-- x -->ed</p>", "reported"),
        ("<p>caf&eacute; &amp; &lt;b&gt; &#8220;x&#x201d;</p>", "café & <b> “x”"),
        ("<p><a href=/1>One</a><a href=/2>Two</a></p>", "One Two"),
        ("<p><a href=/1>Ger</a><a href=/1>many</a></p>", "Germany"),
        ("<p><button>Share</button><button>Print</button></p>", "Share Print"),
        ("<p>line\u2028sep\u001carated</p>", "line sep arated"),
        ("<p>&#132;so&#147;&#133; \x96 &#129;</p>", "„so“… – \ufffd"),
        ("<p>日本<b>語</b></p>", "日本語"),
    ],
)
def test_inline_elements_neither_glue_nor_split(html: str, text: str) -> None:
    assert texts(html) == [text]


def test_list_items_are_marked_once() -> None:
    html = "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li><p>d</p><p>e</p></li><li><ul><li>f</ul></ul>"
    assert texts(html) == ["- a", "- b", "- c", "- d", "e", "- f"]


def test_a_row_of_data_is_one_block() -> None:
    head = "<tr><th>Year</th><th><a href=x>Dead</a></th></tr>"
    html = f"<table>{head}<tr><td><p>2001</p></td><td>3</td></tr></table>"
    page = read_html(html)
    assert page.text == "Year | Dead\n\n2001 | 3"
    assert [block.tag for block in page.blocks] == ["tr", "tr"]
    assert page.blocks[1].ancestors[:1] == ("table",)
    assert page.blocks[0].link_density == pytest.approx(4 / len("Year | Dead"))


def test_a_table_for_layout_keeps_its_paragraphs() -> None:
    long = "word " * 50
    html = f"<table><tr><td><h2>Head</h2><p>{long}</p><p>{long}</p></td><td>side</td></tr></table>"
    assert texts(html) == ["Head", long.strip(), long.strip(), "side"]
    nested = "<table><tr><td><table><tr><td>a<td>b</table></td><td>c</td></tr></table>"
    assert texts(nested) == ["a | b", "c"]


def test_markdown_marks_headings_quotes_and_code() -> None:
    html = "<h2>Sub</h2><blockquote><p>said</p></blockquote><ul><li>item</ul><pre>a\n  b\n\nc</pre>"
    assert texts(html, "md") == ["## Sub", "> said", "- item", "    a\n      b", "    c"]
    assert texts(html) == ["Sub", "said", "- item", "a\n  b", "c"]


def test_pre_keeps_its_lines() -> None:
    assert only("<pre><p>a<br>b</p></pre>").tag == "pre"
    assert texts("<pre>\n  if x:\r\n\ty = <b>1</b><br>z  \n</pre>") == ["  if x:\n\ty = 1\nz"]


def test_what_nobody_sees_is_left_out() -> None:
    html = """<head><title>T</title><style>s{}</style></head><p>seen</p><script>var a = "<p>no</p>"</script>
    <noscript>no</noscript><template><p>no</p></template><svg><text>no</text></svg><!-- no -->
    <div hidden>no<p>no</p></div><div style="color:red; DISPLAY : none">no</div>
    <p style='visibility:hidden'>no</p>
    <select><option>no</option></select><p>\u200b&nbsp;\ue80e</p><input hidden><p>also seen</p>"""
    assert texts(html) == ["seen", "also seen"]


@pytest.mark.parametrize(
    "html",
    [
        "<body style='display:none'><p>seen</p></body>",  # shown by a script once the page is ready
        "<article hidden><p>seen</p></article>",
        "<div hidden='until-found'>seen</div>",
        "<div aria-hidden=true>seen</div>",
        "<div style='display:none'>seen</div>",  # all there is
        "<noscript>seen</noscript>",
        "<div style='-x-display:none'>seen</div>",
    ],
)
def test_hiding_that_is_not_certain_does_not_count(html: str) -> None:
    assert texts(html) == ["seen"]


def test_the_article_itself_is_never_hidden() -> None:
    assert texts("<p>a</p><article hidden>b</article><main style='display:none'>c</main>") == ["a", "b", "c"]


def test_evidence_of_a_block() -> None:
    html = """<body class="whole"><div id="mainContent"><section role=region><p class="article__lead-text x1">
    Read <a href="/x">more now</a></p></section></div></body>"""
    block = only(html)
    assert block.tag == "p"
    assert block.ancestors == ("div", "section")
    assert block.tokens == {"main", "content", "region", "article", "lead", "text"}
    assert block.link_density == pytest.approx(len("more now") / len("Read more now"))


def test_an_inline_element_speaks_for_a_block_it_fills() -> None:
    assert only("<div><span class=photoCredit>Photo: <i>AP</i></span> </div>").tokens == {"photo", "credit"}
    assert only("<div><span class=photoCredit>Photo</span> and more</div>").tokens == frozenset()
    assert only("<div>More and <span class=photoCredit>Photo</span></div>").tokens == frozenset()


def test_an_anchor_is_no_link() -> None:
    assert only("<a name=top><p>text</p></a>").link_density == 0
    assert only("<a href=/x><p>text</p></a>").link_density == 1
    assert only("<li><a href=/x>text</a></li>").link_density == 1


def test_ancestors_are_the_innermost() -> None:
    block = only("<section>" + "<div>" * 40 + "<p>x")
    assert block.ancestors == ("div",) * 12


# --- what the page says about itself ---------------------------------------------------------------------


def test_metadata() -> None:
    page = read_html(
        """<html lang="de-AT"><head><title>Story - Site</title>
        <meta property="og:title" content="Story &amp; more">
        <link rel="canonical" href="https://example.org/a"><meta property="og:site_name" content="The Site">
        <meta property="article:published_time" content="2024-01-31T10:00:00Z"><meta name=date content="1999">
        </head><body><h1>Head</h1><p>x</p>"""
    )
    assert (page.title, page.url, page.site) == ("Story & more", "https://example.org/a", "The Site")
    assert (page.date, page.language) == ("2024-01-31T10:00:00Z", "de-AT")


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>T - Site</title><h1>The <b>head</b>\n line</h1>", "The head line"),
        ("<title>T -\n Site</title><h1>Logo</h1><h1>Head</h1>", "T - Site"),
        ("<title>T</title><h1>Never closed " + "word " * 200, "T"),
        ("<title>T</title><h1 hidden>No</h1><p>x", "T"),
        ("<p>x<svg><title>Icon</title></svg>", None),
        ("<title></title><p>x", None),
    ],
)
def test_title(html: str, title: str | None) -> None:
    assert read_html(html).title == title


@pytest.mark.parametrize(
    ("html", "date"),
    [
        (
            '<script type="application/ld+json">{"datePublished": "2024-02-01"}</script><time datetime=2020>',
            "2024-02-01",
        ),
        ('<meta itemprop=datePublished content="2024-02-02"><p>x', "2024-02-02"),
        ('<p><time datetime="2024-02-03T01:02">3 Feb</time>', "2024-02-03T01:02"),
        ('<script>{"datePublished": "2024-02-01"}</script><p>x', None),
        ("<time>3 Feb</time>", None),
    ],
)
def test_date(html: str, date: str | None) -> None:
    assert read_html(html).date == date


def test_a_canonical_address_must_be_absolute() -> None:
    assert (
        read_html("<link rel=canonical href=/a><meta property=og:url content=http://b.org/a>").url == "http://b.org/a"
    )
    assert read_html("<link rel=canonical href=/a><p>x").url is None


def test_the_title_is_no_text() -> None:
    assert texts("<html><head><title>T</title></head><body>x</body></html>") == ["x"]
    assert texts("<body><p>x</p><title>T</title><p>y</p></body>") == ["x", "y"]


# --- bad pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html", ["", " \n", "<!-- only -->", "<html></html>", "<script>x</script>", "<title>T</title>"]
)
def test_a_page_without_text_is_empty(html: str) -> None:
    assert read_html(html).text == ""


@pytest.mark.parametrize(
    "opening",
    [
        "<script>var a = 1 < 2;",
        "<style>p {}",
        "<textarea>",
        "<!-- open",
        "<SCRIPT src=x>",
        "<iframe src=x>",
        "<title>",
    ],
)
def test_what_is_never_closed_does_not_swallow_the_article(opening: str) -> None:
    found = texts(f"<html><body><p>before</p><script>ok()</script>{opening}\n<p>after</p><div>last</div></body></html>")
    assert found[0] == "before"
    assert found[-2:] == ["after", "last"]


def test_every_unclosed_script_is_taken_out() -> None:
    assert texts("<p>a</p><script>x<script>y<p>b</p><!-- 1 <!-- 2 <p>c</p>")[:2] == ["a", "b"]


def test_script_and_comment_that_are_closed_stay_closed() -> None:
    assert texts("<p>a</p><script>if (x) document.write('<script>z<\\/script>')</script><p>b</p>") == [
        "a",
        "b",
    ]
    assert texts("<p>a</p><!-- 1 <!-- 2 --><p>b</p>") == ["a", "b"]


def test_xhtml_may_close_a_script_in_its_tag() -> None:
    html = '<html><head><script src="a"/></head><body><p>é</p><script>x</script></body></html>'
    assert texts('<?xml version="1.0" encoding="utf-16"?>' + html) == ["é"]


def test_rejected_markup_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    html = "<p>one<b>two</b></p><![foo[<p>three</p><script>no</script><p>four &amp; five</p>"
    assert texts(html)[0] == "onetwo"

    def refuse(*_: Any) -> None:
        raise feeds.RejectedError

    monkeypatch.setattr(feeds, "from_lxml", refuse)
    assert texts("<h1 class=a>x</h1><p>one<b>two</b><!-- no --></p><ul><li>z</ul>") == ["x", "onetwo", "- z"]
    found = texts(html)  # html.parser rejects it: the stripper
    assert found[0] == "onetwo"
    assert found[-1] == "four & five"
    assert "no" not in found
    monkeypatch.setattr(feeds, "from_soup", refuse)
    assert texts(html)[0] == "onetwo"


def test_bs4_and_lxml_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    html = """<html lang=en><head><title>T</title></head><body><div class="a b"><h1>Head</h1>
    <p>One <a href=x>link </a>.</p><ul><li>i<li>j</ul><table><tr><td>1</td><td>2</td></tr></table>
    <pre>a\n b</pre></div></body></html>"""
    page = read_html(html)
    monkeypatch.setattr(feeds, "from_lxml", feeds.from_soup)
    assert read_html(html).text == page.text
    assert read_html(html).blocks[:2] == page.blocks[:2]


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "deep",
        "<div class='a b c'>" * 20_000 + "deep" + "</div>" * 20_000,
        "".join(f"<div class='w{n}x y{n}'>" for n in range(20_000)) + "deep",
        "deep" + "<p>x<!--" * 20_000,
        "<p>deep <b>" * 20_000,
        "<ul><li>deep" * 20_000,
        "<table><tr><td>deep" * 3_000,
        "<p>deep" + "<script>" * 20_000,
        "deep" + "<![foo[" * 20_000,
        "deep " * 400_000,
        "<p>deep" + "&amp;" * 100_000,
        "deep" + "<" * 200_000,
        "<a href=1>deep<p>" * 5_000,
    ],
    ids=range(13),
)
def test_hostile_pages_come_to_an_end(html: str) -> None:
    with ends():
        page = read_html(html)
    assert "deep" in page.text
    assert len(page.text) <= 2 * len(html)


def test_nul_and_lone_surrogates_do_not_end_the_page() -> None:
    assert texts("<p>a\0b\ud800c</p><p>d</p>") == ["a\ufffdb\ufffdc", "d"]


tags = [
    "p",
    "b",
    "li",
    "ul",
    "pre",
    "td",
    "tr",
    "table",
    "h1",
    "title",
    "a href=x",
    "script",
    "div hidden",
    "br",
    "!--",
]
pieces = st.sampled_from(
    [f"<{tag}>" for tag in tags] + [f"</{tag.split()[0]}>" for tag in tags] + ["x", " y ", "\n", "-->"]
)


@settings(max_examples=200)
@given(st.lists(pieces | st.text(max_size=5), max_size=40).map("".join), st.sampled_from(["txt", "md"]))
def test_any_soup_becomes_sound_blocks(html: str, style: markup.Style) -> None:
    check(read_html(html, style))


def as_read_by(feed: Callable[[bytes, feeds.Sink], None], html: str) -> Page | None:
    walker = Walker("txt", True)
    try:
        feed(read._without_open_end(read._safe(html)), walker)
    except feeds.RejectedError:
        return None
    return walker.page()


@settings(max_examples=50)
@given(st.lists(pieces | st.text(max_size=5), max_size=30).map("".join))
def test_the_other_parsers_make_sound_blocks_too(html: str) -> None:
    for feed in (feeds.from_soup, feeds.from_stripped):
        page = as_read_by(feed, html)
        if page is not None:
            check(page)


inline = st.sampled_from(
    [
        *("<b>", "</b>", "<span class=x>", "</span>", "<a href=y>", "</a>", "<img src=z>", "<br>", "<wbr>"),
        *("<input hidden>", "<br hidden>", "word", " ", "&nbsp;", "<script>no</script>", "<i hidden>no</i>"),
        "<noscript>no<p>no</noscript>",
    ]
)


@settings(max_examples=200)
@given(st.lists(inline, max_size=20).map("".join))
def test_parsers_agree_where_markup_is_sound(inside: str) -> None:
    html = str(BeautifulSoup(f"<html><body><p>{inside}</p></body></html>", "html.parser"))
    one, other = as_read_by(feeds.from_lxml, html), as_read_by(feeds.from_soup, html)
    assert one is not None and other is not None
    assert one.text == other.text
    assert [(block.tag, block.tokens, block.own, block.ancestors) for block in one.blocks] == [
        (block.tag, block.tokens, block.own, block.ancestors) for block in other.blocks
    ]


def test_elements_without_content_hold_nothing() -> None:
    blocks = read_html("<p>one<img src=a>two<input>three<meta name=x>four</p><p>five<br>six</p>").blocks
    assert [block.ancestors for block in blocks] == [()] * 3
    assert len({block.path for block in blocks}) == 2


JSON_LD = """<head><script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "The Site"},
 {"@type": ["NewsArticle"], "headline": "Bridge &amp; river", "url": "https://example.org/b",
  "datePublished": "2024-02-01", "author": [{"name": "Ann Lee"}, {"name": "Bo Ek"}, "Ann Lee"]}]}</script>
<title>Bridge - Site</title></head><p>x"""


def test_json_ld_names_the_article() -> None:
    page = read_html(JSON_LD)
    assert (page.title, page.url) == ("Bridge & river", "https://example.org/b")
    assert (page.date, page.author) == ("2024-02-01", "Ann Lee, Bo Ek")


@pytest.mark.parametrize(
    ("html", "author"),
    [
        ("<meta name=author content='Ann Lee'><p>x", "Ann Lee"),
        ("<meta property=article:author content='https://example.org/ann'><meta name=dc.creator content=Bo><p>x", "Bo"),
        ('<script type="application/ld+json">{"@type": "NewsArticle", "author": </script><p>x', None),
        ('<script type="application/ld+json">{"@type": "Person", "author": "No"}</script><p>x', None),
        ('<script type="application/ld+json">[[[{"@type": "Article", "author": {"name": 5}}]]]</script><p>x', None),
    ],
)
def test_author(html: str, author: str | None) -> None:
    assert read_html(html).author == author
