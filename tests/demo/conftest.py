import shutil
import tempfile
from pathlib import Path

import pytest

from tibir.embedded.postgres import Postgres
from tibir.embedded.redis import Redis


@pytest.fixture(scope="module")
def data_folder():
    """Under a place that everybody may pass through, as a newcomer's checkout usually is."""
    with tempfile.TemporaryDirectory(prefix="tibir-demo-") as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "data"
        yield folder
        for server in (Redis(folder), Postgres(folder)):
            server.stop()
            shutil.rmtree(server.sockets, ignore_errors=True)
