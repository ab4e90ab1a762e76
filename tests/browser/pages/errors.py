"""What is shown when a page cannot be."""

from django.template.loader import render_to_string
from django.utils import translation

# What is shown when something else cannot be; each is laid over the front page.
ERROR_PAGES = ["400", "405", "409", "429", "500", "503"]


def error_pages(page, language):
    for code in ERROR_PAGES:
        with translation.override(language):
            html = render_to_string(f"{code}.html", {"message": "«Svaret» er endret."}, _request())
        page.route(f"**/{code}/", _with(html))
        page.goto(f"/{code}/")
        yield code


def _with(html):
    return lambda route: route.fulfill(body=html.encode(), content_type="text/html")


def _request():
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request
