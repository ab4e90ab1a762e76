"""What staff types about the people of a case, through the pages."""

from django.urls import reverse

from tests.referrals.parent import Page
from tibir.family import actions


def person(case, *, by, relation="other", **about):
    """Somebody more around the child."""
    said = {
        "first_name": "Kari",
        "last_name": "Nordmann",
        "responsibility": "no",
        "lives_with": "no",
        "safe_phone": "unknown",
        "safe_email": "unknown",
    }
    return actions.add(case, by=by, relation=relation, **(said | about))


def chosen(form):
    """What each list that opens stands at."""
    return {
        select.get("name"): [
            option.get("value") for option in select.iter("option") if "selected" in option.attrib
        ]
        for select in form.iter("select")
    }


class Hands:
    """Somebody at the pages of one case: what stands in a form is sent with what is changed."""

    def __init__(self, client, case):
        self.client, self.case = client, case

    def address(self, name, *more):
        return reverse(f"family:{name}", args=[self.case.pk, *more])

    def see(self, name, *more):
        response = self.client.get(self.address(name, *more))
        assert response.status_code == 200
        return response.content.decode()

    def send(self, name, *more, **typed):
        address = self.address(name, *more)
        page = Page(self.client.get(address))
        return self.client.post(address, page.fields() | chosen(page.form) | typed)

    def add(self, **typed):
        said = {
            "relation": "other",
            "responsibility": "no",
            "lives_with": "no",
            "safe_phone": "yes",
            "safe_email": "unknown",
        }
        response = self.send("add_person", **(said | typed))
        assert response.status_code == 302, Page(response).faults()
        return self.case.people.order_by("pk").last()

    def change(self, each, part, **typed):
        typed.setdefault("reason", "Mor fortalte det.")
        response = self.send("correct_person", each.pk, part, **typed)
        assert response.status_code == 302, Page(response).faults()
        return self.case.people.select_related("person").get(pk=each.pk)
