"""What a stranger handed in becomes a clean copy, or a refusal with a code. No Django.

This half asks nothing of the file but its first bytes and its name. The half that opens it,
`rebuild`, is run in a process of its own, which knows no secrets of ours and gets no more than its
share of time and memory.
"""

import json
import re
import signal
import subprocess
import sys
import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30
# How a process ends that a file was too much for; any other end is a fault of ours.
FATAL = {
    -each
    for each in (
        signal.SIGXCPU,
        signal.SIGSEGV,
        signal.SIGABRT,
        signal.SIGBUS,
        signal.SIGFPE,
    )
}


class Type(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class Code(StrEnum):
    """Why a file is refused; people are told in words of their own language."""

    EMPTY = "empty"
    TOO_BIG = "too_big"
    NOT_ALLOWED = "not_allowed"
    OTHER_NAME = "other_name"
    BROKEN_IMAGE = "broken_image"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN_PDF = "broken_pdf"
    LOCKED_PDF = "locked_pdf"
    LIVE_FORM = "live_form"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_HEAVY = "too_heavy"


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = Code(code)


@dataclass(frozen=True)
class Limits:
    """In bytes, pixels and pages. The copy may be somewhat larger than what came."""

    size: int = 10_000_000
    copy_size: int = 30_000_000
    pixels: int = 50_000_000
    side: int = 20_000
    pages: int = 100


LIMITS = Limits()


@dataclass(frozen=True)
class Clean:
    type: Type
    content: bytes
    pages: int


FIRST_BYTES = {
    Type.PDF: b"%PDF-",
    Type.JPEG: b"\xff\xd8\xff",
    Type.PNG: b"\x89PNG\r\n\x1a\n",
}
ENDINGS = {
    Type.PDF: {"pdf"},
    Type.JPEG: {"jpg", "jpeg", "jpe", "jfif"},
    Type.PNG: {"png"},
}


def recognise(content, name, limits=LIMITS):
    """The type of a file by its first bytes, which the end of its name must agree with.

    Quick: it reads some bytes and parses nothing. Raises Refused.
    """
    if not content:
        raise Refused(Code.EMPTY)
    if len(content) > limits.size:
        raise Refused(Code.TOO_BIG)
    kind = next((kind for kind, first in FIRST_BYTES.items() if content.startswith(first)), None)
    if kind is None:
        raise Refused(Code.NOT_ALLOWED)
    if shown_name(name).rpartition(".")[2].lower() not in ENDINGS[kind]:
        raise Refused(Code.OTHER_NAME)
    return kind


LONGEST_NAME = 100


def shown_name(name):
    """A file name as it can be shown to anybody: one line, no folders, nothing invisible.

    Characters that turn the direction of writing would show «exe.pdf» where it says «fdp.exe».
    """
    name = re.split(r"[/\\]", name.replace("\x00", ""))[-1]
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", name)
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    seen = " ".join(seen.split()).strip(". ")
    if len(seen) <= LONGEST_NAME:
        return seen
    stem, dot, ending = seen.rpartition(".")
    ending = f"{dot}{ending}" if dot and len(ending) < 10 else ""
    return f"{(stem or seen)[: LONGEST_NAME - len(ending) - 1]}…{ending}"


def clean_apart(content, name, limits=LIMITS, *, seconds=SECONDS):
    """A clean copy of the file, made apart from all else, in so many seconds of work.

    Raises Refused, also when the process that makes it dies of what it was given, and
    RuntimeError when it could not do its work.
    """
    recognise(content, name, limits)
    asked = json.dumps({"name": name, "limits": asdict(limits), "seconds": seconds}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "tibir.documents.rebuild"],
            input=asked + b"\n" + content,
            capture_output=True,
            env={"PYTHONPATH": str(ROOT)},
            cwd="/",
            timeout=seconds + 15,
            check=False,
        )
    except subprocess.TimeoutExpired:  # it waited for the machine, or else its limit had ended it
        raise RuntimeError("rebuild did not end") from None
    if done.returncode in FATAL:
        raise Refused(Code.TOO_HEAVY)
    if done.returncode != 0:
        raise RuntimeError(f"rebuild ended with {done.returncode}")
    head, _newline, copy = done.stdout.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise Refused(told["refused"])
    return Clean(Type(told["type"]), copy, told["pages"])
