"""A page as a tree, by libxml2: read fifty times as fast as in Python."""

from lxml.html import HTMLParser, document_fromstring


def parse(html):
    parser = HTMLParser(encoding="utf-8", remove_comments=True)
    return document_fromstring(html.encode() or b"<p>", parser=parser)


def told_beside(html, name):
    """What is said to be wrong with a field, where the field itself points to it."""
    tree, its = parse(html), f"id_{name}_error"
    said = tree.xpath(f'//*[@id="{its}"]')
    points = f'contains(concat(" ", @aria-describedby, " "), " {its} ")'
    assert said, f"nothing is said beside {name}"
    assert tree.xpath(f"//*[{points}]"), f"{name} does not say where it is said what is wrong"
    return said[0].text_content()
