"""`python -m benchmarks`: what the system costs, as ratios taken in one run.

Absolute times say more about the machine than about us, so every figure stands beside
a bare one that was measured in turn with it.
"""

import os
import sys
import tempfile
from pathlib import Path

import django

from tibir import embedded

RESULTS = Path(__file__).parent / "RESULTS.md"


def main():
    with tempfile.TemporaryDirectory(prefix="tibir-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's own account must come through here when we are root
        (folder / "static").mkdir()
        os.environ |= {
            "STATIC_ROOT": str(folder / "static"),
            "TIBIR_MODE": "test",
            "TIBIR_DATA": name,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "LOG_LEVEL": "ERROR",
        }
        with embedded.running(folder):
            django.setup()
            from benchmarks import run

            text = run.everything(folder)
    RESULTS.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
