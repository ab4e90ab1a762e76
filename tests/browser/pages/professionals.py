"""A professional's walk through the form."""

from tests.browser.pages.people import LONG


def professional_pages(form):
    page = form.page
    form.begin()
    slugs = list(form.typed)
    for slug, after in zip(slugs, [*slugs[1:], "oppsummering"], strict=True):
        yield f"a professional: {slug}, empty"
        if slug in ("fagperson", "kontakt", "foreldrene", "barnet", "bekreft"):
            form.press("next")
            page.wait_for_selector("ds-error-summary")
            yield f"a professional: {slug}, with mistakes"
        form.fill_in(slug, **({"name": LONG} if slug == "fagperson" else {}))
        form.press("next")
        page.wait_for_url(f"**/{after}/")
    yield "a professional: the summary"
    form.send()
    yield "a professional: the receipt"
    page.goto(page.inner_text("#lenke").partition("#")[0])
    yield "a professional: the status"
