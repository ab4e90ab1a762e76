"""Letters that are made, posted, and come back."""

from django.urls import reverse

from tibir.documents import tasks
from tibir.documents.models import Document


def letters_pages(page, mine):
    letters = reverse("documents:letters")
    page.goto(letters)
    yield "a letter that is being made"
    document = Document.objects.get(case=mine.case)
    tasks.render(document.pk)
    page.reload()
    yield "letters to post"
    page.click("main button:not([formaction])")
    page.wait_for_selector(".ds-alert[data-color=success]")
    yield "no letters"
    (posted,) = document.dispatches.all()
    page.goto(reverse("documents:failed", args=[posted.pk]))
    yield "what went wrong"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "what went wrong, with mistakes"
    page.fill("main [name=why]", "Ukjent adresse")
    page.click("main form button")
    page.wait_for_url(f"**{letters}")
    yield "a letter that came back"
    page.click("main .t-rows a")
    yield "sending again"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "sending again, with mistakes"
    page.check("[name=channel][value=read_out]")
    page.click("main form button")
    page.wait_for_url(f"**{letters}")
    yield "a letter to read out"
    page.click("main .t-rows a.ds-button")
    page.fill("main [name=on]", "i går")
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "read out, with mistakes"
