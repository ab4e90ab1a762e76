"""A file that a stranger made is opened here and nowhere else, and made anew. No Django.

A copy is made of what was seen: a picture of its pixels, a PDF of its pages. What rides along in a
file (scripts, actions, other files, where a photograph was taken) is not in the copy, because
nothing puts it there. Run as a module it does so for `sanitise.clean_apart`.
"""

import contextlib
import json
import resource
import sys
import warnings
from io import BytesIO

import pikepdf
from PIL import Image, ImageFile, ImageOps, JpegImagePlugin, PngImagePlugin

from tibir.documents.sanitise import LIMITS, Clean, Code, Limits, Refused, Type, recognise

MEMORY = 1_500_000_000  # bytes; a picture of the most pixels, twice over, and the libraries


def clean(content, name, limits=LIMITS):
    """A clean copy of the file. Raises Refused."""
    kind = recognise(content, name, limits)
    copy = _pdf(content, limits) if kind is Type.PDF else _image(content, kind, limits)
    if len(copy.content) > limits.copy_size:
        raise Refused(Code.TOO_HEAVY)
    return copy


# --- Pictures -------------------------------------------------------------------------------


def _image(content, kind, limits):
    try:
        with warnings.catch_warnings():
            # A warning of Pillow's is about something odd in the file, and odd is enough.
            warnings.simplefilter("ignore")
            return _drawn_anew(content, kind, limits)
    except Refused:
        raise
    except MemoryError:
        raise Refused(Code.TOO_HEAVY) from None
    except Image.DecompressionBombError:
        raise Refused(Code.TOO_MANY_PIXELS) from None
    except Exception:  # whatever a decoder says of such a file, it is the file's fault
        raise Refused(Code.BROKEN_IMAGE) from None


def _drawn_anew(content, kind, limits):
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    open_as = {
        Type.JPEG: JpegImagePlugin.JpegImageFile,
        Type.PNG: PngImagePlugin.PngImageFile,
    }
    picture = open_as[kind](BytesIO(content))
    width, height = picture.size  # from the header: nothing is unpacked yet
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise Refused(Code.TOO_MANY_PIXELS)
    picture.load()
    picture = ImageOps.exif_transpose(picture)
    picture = _in_plain_colours(picture, kind)
    # Everything beside the pixels: EXIF, the place, colour profile, comments, a second picture.
    picture.info.clear()
    copy = BytesIO()
    if kind is Type.JPEG:
        picture.save(copy, "JPEG", quality=88, optimize=True, exif=b"", comment=b"")
    else:
        picture.save(copy, "PNG", exif=b"", pnginfo=None)
    return Clean(kind, copy.getvalue(), 1)


def _in_plain_colours(picture, kind):
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if kind is Type.JPEG:
        return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    see_through = "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA")
    if see_through:
        return picture.convert("RGBA")
    return picture if picture.mode in ("1", "L", "P", "RGB") else picture.convert("RGB")


# --- PDF ------------------------------------------------------------------------------------

# All that a page may bring along. No actions, no notes, no links: they stand elsewhere.
OF_A_PAGE = {
    "/Type", "/Parent", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate",
    "/UserUnit", "/Resources", "/Contents", "/Group",
}  # fmt: skip
# What a stream can fetch from outside, or tell of where it comes from.
NOT_OF_A_STREAM = [
    "/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI", "/Metadata", "/PieceInfo", "/AF",
    "/Alternates", "/LastModified", "/StructParent", "/StructParents", "/PS",
]  # fmt: skip


def _pdf(content, limits):
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False) as came:
            return _rebuilt(came, limits)
    except Refused:
        raise
    except pikepdf.PasswordError:
        raise Refused(Code.LOCKED_PDF) from None
    except MemoryError:
        raise Refused(Code.TOO_HEAVY) from None
    except Exception:  # whatever a parser says of such a file, it is the file's fault
        raise Refused(Code.BROKEN_PDF) from None


def _rebuilt(came, limits):
    if came.is_encrypted:
        raise Refused(Code.LOCKED_PDF)
    if "/NeedsRendering" in came.Root and came.Root.NeedsRendering:
        raise Refused(Code.LIVE_FORM)  # its pages only say that another program is needed
    pages = len(came.pages)
    if not pages:
        raise Refused(Code.BROKEN_PDF)
    if pages > limits.pages:
        raise Refused(Code.TOO_MANY_PAGES)
    # What somebody filled in or stamped becomes part of the page that it stands on.
    came.flatten_annotations("screen")
    copy = pikepdf.new()
    for page in came.pages:
        copy.pages.append(page)
    for page in copy.pages:
        for key in [key for key in page.obj.keys() if key not in OF_A_PAGE]:  # noqa: SIM118
            del page.obj[key]
    if "/OCProperties" in came.Root:  # which layers are hidden: shown, they would say other things
        layers = came.make_indirect(came.Root.OCProperties)
        copy.Root.OCProperties = copy.copy_foreign(layers)
    for thing in copy.objects:
        _bare(thing)
    content = BytesIO()
    copy.save(
        content,
        compress_streams=True,
        recompress_flate=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return Clean(Type.PDF, content.getvalue(), pages)


def _bare(thing):
    """The thing, and all that is written inside it, without what no page shows."""
    if isinstance(thing, pikepdf.Stream):
        for key in NOT_OF_A_STREAM:
            if key in thing:
                del thing[key]
        if thing.get("/Filter") in (pikepdf.Name.DCTDecode, [pikepdf.Name.DCTDecode]):
            pixels = _without_what_a_camera_tells(thing.read_raw_bytes())
            thing.write(
                pixels, filter=pikepdf.Name.DCTDecode, decode_parms=thing.get("/DecodeParms")
            )
    elif isinstance(thing, pikepdf.Dictionary):
        for key in ("/Metadata", "/PieceInfo"):
            if key in thing:
                del thing[key]
    if isinstance(thing, pikepdf.Array):
        inside = list(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        inside = [thing[key] for key in thing.keys()]  # noqa: SIM118 - its own, in order
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            _bare(one)


# JFIF and Adobe's, which say how the colours are to be read, and the colour profile.
KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}


def _without_what_a_camera_tells(jpeg):
    """The same picture, bit by bit, without EXIF, places and comments."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg):
        marker = jpeg[at + 1]
        if marker == 0xDA:  # the pixels begin
            break
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        tells = (0xE0 <= marker <= 0xEF and marker not in KEPT_SEGMENTS) or marker == 0xFE
        if not tells:
            kept.append(jpeg[at:end])
        at = end
    return b"".join(kept) + jpeg[at:]


# --- As a process of its own ------------------------------------------------------------------


def _give_up_rights(seconds):
    """This process writes no files, starts no other and lives for so many seconds of work."""
    limits = {
        # Ended by a signal of its own at the first, so that it is seen for what it is.
        resource.RLIMIT_CPU: (seconds, seconds + 5),
        resource.RLIMIT_AS: (MEMORY, MEMORY),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
    }
    for which, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(which, most)


def main():
    asked = json.loads(sys.stdin.buffer.readline())
    _give_up_rights(asked["seconds"])
    try:
        copy = clean(sys.stdin.buffer.read(), asked["name"], Limits(**asked["limits"]))
    except Refused as refused:
        sys.stdout.buffer.write(json.dumps({"refused": refused.code}).encode() + b"\n")
        return
    told = {"type": copy.type, "pages": copy.pages}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + copy.content)


if __name__ == "__main__":
    main()
