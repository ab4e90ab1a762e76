"""Letters as PDF; the only place that knows WeasyPrint.

One file is at once PDF/UA-1, for those who listen to it, and PDF/A-2a, for those who open it in
fifty years. Nothing is fetched from outside: the fonts are ours, and so is their configuration,
so the same letter looks the same from every machine.
"""

import os
import unicodedata
import warnings
from contextlib import contextmanager
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path

import pikepdf
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

VARIANT = "pdf/a-2a"
FONTS = {
    ("normal", 400): "Inter-Regular.woff2",
    ("normal", 600): "Inter-SemiBold.woff2",
    ("normal", 700): "Inter-Bold.woff2",
    ("italic", 400): "Inter-Italic.woff2",
}
# Characters. Three times the fullest form, a hundred pages, a dozen seconds; the time grows with
# the square, so a million would be many minutes.
LONGEST = 250_000

# What the file says of itself beside PDF/A: that it is PDF/UA, and, because PDF/A knows only the
# schemas it is told of, what that means.
PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Which part of ISO 14289 the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


class RenderFailed(Exception):
    """The document was not made. Says what kind of fault it was, never what the letter says."""


def render_pdf(template, data, *, language, title):
    """The bytes of `template` filled with `data`, in `language`, under `title`.

    Raises RenderFailed; whatever goes wrong inside, the caller needs to know one thing.
    """
    weasyprint = _weasyprint()
    drawable = _drawable(data)
    about = {
        "title": _drawable(title),
        "language": language,
        "has_boxes": BOX in repr(drawable),
    }
    with translation.override(language):
        html = render_to_string(template, drawable | about)
    if len(unescape(html)) > LONGEST:
        raise RenderFailed("too long")
    try:
        return weasyprint.HTML(string=html, url_fetcher=_fetcher()).write_pdf(
            stylesheets=[_stylesheet()],
            font_config=_font_configuration(),
            pdf_variant=VARIANT,
            finisher=_say_that_it_is_pdf_ua,
        )
    except (MemoryError, RecursionError) as error:
        raise RenderFailed(type(error).__name__) from None
    except BaseException as error:
        # WeasyPrint's FatalURLFetchingError is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit) or _is_time_limit(error):
            raise
        raise RenderFailed(type(error).__name__) from error


def _is_time_limit(error):
    return type(error).__name__ == "SoftTimeLimitExceeded"


@cache
def _weasyprint():
    """Loaded when the first letter is made: web pages need neither its third of a second nor
    the system's Pango, and must start without."""
    try:
        with _our_fonts_only(), warnings.catch_warnings():
            # «No fonts configured»: that is the point, ours come with the stylesheet.
            warnings.simplefilter("ignore", UserWarning)
            import weasyprint  # noqa: PLC0415 - see above
    except OSError as error:
        raise RenderFailed(
            "Pango is missing: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    return weasyprint


@contextmanager
def _our_fonts_only():
    """Fontconfig reads the environment when it starts. Given back at once: a browser that this
    process starts later needs the fonts of the machine."""
    theirs = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parent / "fonts" / "fonts.conf")
    try:
        yield
    finally:
        if theirs is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = theirs


@cache
def _font_configuration():
    weasyprint = _weasyprint()
    with _our_fonts_only():
        return weasyprint.text.fonts.FontConfiguration()


@cache
def _stylesheet():
    faces = "".join(
        f"@font-face {{ font-family: Inter; font-style: {style}; font-weight: {weight}; "
        f'src: url("font:{name}") }}\n'
        for (style, weight), name in FONTS.items()
    )
    css = (settings.BASE_DIR / "templates" / "documents" / "letter.css").read_text()
    return _weasyprint().CSS(
        string=faces + css, font_config=_font_configuration(), url_fetcher=_fetcher()
    )


def _fetcher():
    """Our four font files and what stands in the document itself; nothing else in the world."""
    urls = _weasyprint().urls

    class Closed(urls.URLFetcher):
        def fetch(self, url, headers=None):
            if url.startswith("font:") and url[5:] in FONTS.values():
                return urls.URLFetcherResponse(
                    url, (settings.ASSETS / "fonts" / url[5:]).read_bytes()
                )
            return super().fetch(url, headers)

    return Closed(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)


def _say_that_it_is_pdf_ua(document, pdf):
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.compress = False
    metadata.stream = [b"".join(metadata.stream).replace(b"</rdf:RDF>", PDF_UA + b"</rdf:RDF>")]


def joined(files):
    """One file for the printer, in the order given; each letter begins on a front page."""
    whole = pikepdf.new()
    for content in files:
        with pikepdf.open(BytesIO(content)) as letter:
            size = letter.pages[-1].mediabox
            whole.pages.extend(letter.pages)
            if len(letter.pages) % 2:
                whole.add_blank_page(page_size=(float(size[2]), float(size[3])))
    out = BytesIO()
    whole.save(out)
    return out.getvalue()


# --- What the fonts can draw ----------------------------------------------------------------

BOX = "□"


class _Missing:
    """Stands where a value should be: false when asked about, red when shown, and everything
    that would be found in it is missing too."""

    def __bool__(self):
        return False

    def __str__(self):
        # Without quotes, so that it can also stand in an attribute.
        return format_html("<strong class=missing>{}</strong>", _("mangler"))

    def __getitem__(self, name):
        return self

    def __iter__(self):
        yield self


@cache
def _drawn():
    """Every character that all of our fonts have."""
    files = [settings.ASSETS / "fonts" / name for name in FONTS.values()]
    return frozenset.intersection(*(frozenset(TTFont(file).getBestCmap()) for file in files))


def _drawable(value):
    """The same data with a visible □ for each character that no font of ours has, and a mark for
    each value that is not there.

    An archived file may not have characters without a shape, and a letter that cannot be made
    helps nobody. What was written stays as it was in the case.
    """
    if isinstance(value, dict):
        return {key: _drawable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(inner) for inner in value]
    if value is None:
        return _Missing()
    if not isinstance(value, str):
        return value
    shapes = _drawn()
    return "".join(
        character if ord(character) in shapes or character in "\n\t" else _instead(character)
        for character in unicodedata.normalize("NFC", value)
    )


def _instead(character):
    """Nothing for what is invisible anyway, such as joiners and variation marks."""
    return "" if unicodedata.category(character) in {"Cf", "Cc", "Mn", "Me"} else BOX
