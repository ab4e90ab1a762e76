"""Files that browsers get as they are: of these kinds, and no others that may lie beside them."""

from pathlib import PurePosixPath

from whitenoise.middleware import WhiteNoiseMiddleware

ENDINGS = {".css", ".js", ".svg", ".woff2"}


class Static(WhiteNoiseMiddleware):
    def add_file_to_dictionary(self, url, path, stat_cache=None):
        if _is_served(url):
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def find_file(self, url):
        """Where files are looked for at each request: in the demo and the tests."""
        return super().find_file(url) if _is_served(url) else None


def _is_served(url):
    return PurePosixPath(url).suffix in ENDINGS
