"""A walk from a referral that is taken to its answer and its letters."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from referrals.models import ReceivedCorrection
from tests.factories import UserFactory, confirm, refer
from tests.translations.readers import speaking
from tests.translations.typed import SERVICE, STREET, TOLD, WHY
from tibir.accounts.models import User
from tibir.documents import tasks
from tibir.documents.models import Dispatch, Document


def walk_assessment(client, place, language, got):
    """From a referral that somebody takes to letters that did not arrive."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    colleague = UserFactory(coordinates=place.intake_unit)
    day = f"{timezone.localdate():%d.%m.%Y}"

    def new():
        referral = refer(place, language=language)
        client.post(at("take", referral))
        return referral

    def at(name, referral, *more):
        return reverse(f"referrals:{name}", args=[referral.pk, *more])

    def form(address, **typed):
        """The page, the page with mistakes, and what comes after it."""
        yield got(client.get(address))
        yield got(client.post(address, dict.fromkeys(typed, "")))
        yield got(client.post(address, typed, follow=True))

    one, again, other = new(), new(), new()
    yield got(client.get(one.get_absolute_url()))
    yield got(client.get(at("compare", again, other.pk)))
    yield got(client.post(at("triage", again, other.pk), {"verdict": "merged"}, follow=True))
    yield got(client.get(again.get_absolute_url()))
    confirm(one, by=user)
    yield from form(at("ask", one), how="phone", question=WHY)
    yield from form(at("told", one, one.inquiries.get().pk), answer=TOLD)
    yield from form(at("ask", one), how="letter", question=WHY)
    yield from form(at("preliminary", one), why=WHY, when="01.01.2050")
    yield got(client.post(at("preliminary", one), {"why": WHY, "when": "1.1.2020"}))
    yesterday = timezone.localdate() - timedelta(days=1)
    yield from form(at("correct", one), becomes=f"{yesterday:%d.%m.%Y}", reason=WHY)
    yield got(client.post(at("correct", one), {"becomes": "1.1.2050", "reason": WHY}))
    yield got(client.post(at("correct", one), {"becomes": "1.1.1950", "reason": WHY}))
    speaking(client, language).force_login(colleague)
    yield got(client.get(one.get_absolute_url()))
    proposed = ReceivedCorrection.objects.get(referral=one)
    settle = at("settle_correction", one, proposed.pk)
    yield got(client.post(settle, {"action": "approve"}, follow=True))
    yield from form(at("give", one), to=str(user.pk))
    yield from walk_answer(client, one, got)
    one.refresh_from_db()
    assert one.state == "decided"
    yield from form(at("forwarded", one), on=day)
    yield got(client.get(reverse("documents:letters")))
    for document in Document.objects.filter(case=one.case):
        tasks.render(document.pk)
    yield from walk_letters(client, day, got)
    yield got(client.get("/"))
    yield got(client.get(reverse("referrals:list")))
    yield from form(at("reopen", one), reason=WHY)
    yield from form(at("withdraw", one), reason=WHY)


def walk_answer(client, referral, got):
    address = reverse("interventions:answer", args=[referral.pk])
    yield got(client.get(address))
    yield got(client.post(address, {"outcome": "waitlist", "action": "send"}))
    yield got(client.post(address, {"outcome": "referred_on", "action": "send"}))
    sender = referral.case.people.get(verified_at__isnull=False)
    way, home = f"way-{sender.pk}", f"address-{sender.pk}"
    typed = {"reason": WHY, "action": "preview", way: "post", home: STREET}
    yield got(client.post(address, {**typed, way: "none"}))
    yield got(client.post(address, {**typed, home: "1\n2\n3\n4"}))
    yield got(client.post(address, {**typed, home: ""}))
    weeks = [
        key for key, _label in client.get(address).context["form"].fields["first_week"].choices
    ]
    first, last = {"first_week": weeks[4]}, {"last_week": weeks[9]}
    shown = [
        ("waitlist", {**first, "last_week": weeks[2]}),
        ("waitlist", {**first, **last}),
        ("screening", {}),
        ("direct_offer", {}),
        ("not_target_group", {}),
        ("referred_on", {"referred_to": SERVICE, "consent": "no"}),
        ("referred_on", {"referred_to": SERVICE, "consent": "yes"}),
    ]
    for outcome, more in shown:
        yield got(client.post(address, {**typed, "outcome": outcome, **more}))
    sent = {**typed, "outcome": outcome, **more, "action": "send"}
    yield got(client.post(address, sent, follow=True))


def walk_letters(client, day, got):
    letters = reverse("documents:letters")
    yield got(client.get(letters))
    for name in ("print", "posted"):
        yield got(client.post(reverse(f"documents:{name}"), {"on": day}, follow=True))
    by_post = Dispatch.objects.filter(channel="post").get()
    client.post(reverse("documents:print"), {"letter": by_post.pk})
    yield got(client.get(letters))
    yield got(
        client.post(reverse("documents:posted"), {"letter": by_post.pk, "on": day}, follow=True)
    )
    by_hand = Dispatch.objects.exclude(channel="post").order_by("pk").first()
    for dispatch, name, typed in (
        (by_hand, "done", {"on": day}),
        (by_post, "failed", {"why": WHY}),
        (by_post, "again", {"channel": "handed_over"}),
    ):
        address = reverse(f"documents:{name}", args=[dispatch.pk])
        yield got(client.get(letters))
        yield got(client.get(address))
        yield got(client.post(address, {}))
        yield got(client.post(address, typed, follow=True))
