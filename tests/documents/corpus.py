"""Files as strangers make them, good and hostile; made here, so that none lies in git."""

import struct
import zlib
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

# What a place, a name or a script in a file is recognised by afterwards.
CANARY = "kanari-7f3a"


# --- Good ones ------------------------------------------------------------------------------


def picture(kind="PNG", size=(40, 30), mode="RGB", **about):
    content = BytesIO()
    colour = {"RGB": (200, 30, 60), "RGBA": (200, 30, 60, 90), "L": 99, "CMYK": (9, 9, 9, 9)}[mode]
    Image.new(mode, size, colour).save(content, kind, **about)
    return content.getvalue()


def png(**about):
    return picture("PNG", **about)


def jpeg(**about):
    return picture("JPEG", **about)


def pdf(change=None, pages=1, **saved):
    """A PDF of so many pages, on which stands «Side»; `change` may make of it what it likes."""
    made = pikepdf.new()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    for number in range(pages):
        page = made.add_blank_page(page_size=(200, 100))
        page.Resources = Dictionary(Font=Dictionary(F=font))
        page.Contents = made.make_stream(f"BT /F 12 Tf 20 20 Td (Side {number}) Tj ET".encode())
    if change:
        change(made)
    content = BytesIO()
    made.save(content, **saved)
    return content.getvalue()


# --- Pictures that tell or hide something ---------------------------------------------------


def jpeg_with_place():
    exif = Image.Exif()
    exif[0x010F] = CANARY  # the maker of the camera
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (67.0, 16.0, 48.0)
    return jpeg(exif=exif, comment=CANARY.encode())


def png_with_text():
    about = Image.Exif()
    about[0x010F] = CANARY
    return png(exif=about) + CANARY.encode()


def _chunk(name, content):
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def huge_png(side=65_000):
    """A header that promises four billion pixels, and next to nothing behind it."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)
    return start + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")


def html_in_png():
    return b"<!doctype html><script>alert(1)</script>"


def svg():
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


# --- PDFs that want to do something ---------------------------------------------------------


def _script(made):
    return made.make_indirect(Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{CANARY}')")))


def on_opening(made):
    made.Root.OpenAction = _script(made)
    made.Root.AA = Dictionary(WC=_script(made))
    made.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("x"), _script(made)])),
    )
    made.pages[0].AA = Dictionary(O=_script(made))


def _linked(made, action):
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 200, 100]), A=Dictionary(action)
    )
    made.pages[0].Annots = Array([made.make_indirect(link)])


def launching(made):
    _linked(made, {"/S": Name.Launch, "/F": String(f"/bin/{CANARY}")})


def going_elsewhere(made):
    _linked(made, {"/S": Name.GoToR, "/F": String(f"//{CANARY}/share"), "/D": Array([0])})


def sending(made):
    _linked(made, {"/S": Name.SubmitForm, "/F": String(f"https://{CANARY}.example")})


def linking(made):
    _linked(made, {"/S": Name.URI, "/URI": String(f"https://{CANARY}.example")})


def carrying(made):
    made.attachments["kanari.exe"] = pikepdf.AttachedFileSpec(
        made, CANARY.encode(), filename=f"{CANARY}.exe"
    )


def with_xfa(made):
    form = made.make_stream(f"<xdp>{CANARY}</xdp>".encode())
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array([String("x"), form]))


def live_form(made):
    with_xfa(made)
    made.Root.NeedsRendering = True


def playing(made):
    media = Dictionary(
        Type=Name.Annot,
        Subtype=Name.RichMedia,
        Rect=Array([0, 0, 9, 9]),
        RichMediaContent=Dictionary(Assets=String(CANARY)),
    )
    made.pages[0].Annots = Array([made.make_indirect(media)])


def fetching(made):
    """A picture whose pixels lie at somebody else's."""
    outside = made.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=1,
        Height=1,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
        F=Dictionary(FS=Name.URL, F=String(f"https://{CANARY}.example/x.png")),
    )
    form = made.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 9, 9]),
        Ref=Dictionary(F=String(f"https://{CANARY}.example/x.pdf"), Page=0),
    )
    made.pages[0].Resources.XObject = Dictionary(F=outside, A=form)


def telling(made):
    """Who wrote it, when and where, in all the places where that may stand."""
    made.docinfo["/Author"] = CANARY
    made.Root.Metadata = made.make_stream(f"<x:xmpmeta>{CANARY}</x:xmpmeta>".encode())
    made.pages[0].PieceInfo = Dictionary(X=String(CANARY))
    layer = Dictionary(Type=Name.OCG, Metadata=made.make_stream(CANARY.encode()))
    made.pages[0].Resources.Properties = Dictionary(L=layer)
    pixels = made.make_stream(
        jpeg_with_place(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=40,
        Height=30,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceRGB,
        Filter=Name.DCTDecode,
        Metadata=made.make_stream(CANARY.encode()),
    )
    made.pages[0].Resources.XObject = Dictionary(Im0=pixels)


def noted(made):
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), Contents=String(CANARY)
    )
    made.pages[0].Annots = Array([made.make_indirect(note)])


def filled_in(made):
    """A form field in which something is written, and how it looks."""
    look = made.make_stream(
        b"BT /F 12 Tf 2 2 Td (Utfylt) Tj ET",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 80, 20]),
        Resources=made.pages[0].Resources,
    )
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("navn"),
            V=String("Utfylt"),
            Rect=Array([60, 60, 140, 80]),
            AP=Dictionary(N=look),
            F=4,
            AA=Dictionary(K=_script(made)),
        )
    )
    made.pages[0].Annots = Array([field])
    made.Root.AcroForm = Dictionary(Fields=Array([field]))


def locked():
    key = pikepdf.Encryption(owner="eier", user="bruker")
    return pdf(encryption=key)


def locked_for_copying():
    return pdf(encryption=pikepdf.Encryption(owner="eier", user=""))


def html_after_pdf():
    return pdf() + f"<html><script>{CANARY}</script></html>".encode()


def html_in_pdf():
    """A page to a careless browser, in a comment at the top of a PDF."""
    first, rest = pdf().split(b"\n", 1)
    start = f"%<html><script>alert('{CANARY}')</script>\n".encode()
    moved = _moved(rest, len(start))
    return first + b"\n" + start + moved


def script_before_pdf():
    return b"/*" + pdf() + b"*/alert(1)"


def _moved(rest, by):
    """Where the table of contents stands is written at the end of the file."""
    before, _word, after = rest.rpartition(b"startxref\n")
    place, _newline, end = after.partition(b"\n")
    table = before
    head, word, entries = table.rpartition(b"xref\n")
    lines = entries.split(b"\n")
    for number, line in enumerate(lines):
        if line.endswith(b" n "):
            lines[number] = b"%010d" % (int(line[:10]) + by) + line[10:]
    moved = head + word + b"\n".join(lines)
    return moved + b"startxref\n" + str(int(place) + by).encode() + b"\n" + end


def bomb(size=200_000_000):
    """A little that unpacks to a lot."""

    def change(made):
        stream = made.make_stream(zlib.compress(b" " * size, 9), Filter=Name.FlateDecode)
        made.pages[0].Contents = stream

    return pdf(change)


def eicar():
    """What every virus scanner finds; assembled here so that none finds it in our sources."""
    return (
        "X5O!P%@AP[4" + "\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"
    ).encode()


def pdf_with_eicar():
    return pdf() + b"%" + eicar() + b"\n%%EOF\n"
