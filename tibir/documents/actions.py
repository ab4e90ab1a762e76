from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import STRICT
from tibir.core import doorbell
from tibir.core.dates import long_date
from tibir.core.encryption import encrypt
from tibir.core.errors import DomainError
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents import tasks
from tibir.documents.kinds import TEMPLATES
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Attachment, Dispatch, Document, Seal
from tibir.documents.sanitise import recognise
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import Kind as Message


@transaction.atomic(savepoint=False)
def order(kind, *, by, municipality, title, language, data, **about):
    """A document to be made from `data` as it is now; the bytes follow."""
    document = Document.objects.create(
        kind=kind,
        municipality=municipality,
        title=title,
        language=language,
        template_version=TEMPLATES[kind].version,
        data=data,
        **about,
    )
    record("document.ordered", document, by=by, kind=kind)
    doorbell.ring(tasks.render, document.pk)
    return document


@transaction.atomic
def contents(documents, *, by):
    """The bytes of each, in their order; None for one whose bytes are no longer as they were made.

    Whoever owns the system is told of that one: only a copy from before it happened has them.
    """
    found = [each.blob.content() for each in documents]
    for document, content in zip(documents, found, strict=True):
        if content is None:
            record("document.damaged", document, by=by, case=document.case)
            notifications.alarm(f"document damaged {document.pk}", by=by)
    return found


# --- On its way -----------------------------------------------------------------------------


@transaction.atomic
def send(document, *, by, person, channel):
    """It shall reach this person in this way; it has not yet."""
    if channel == Dispatch.Channel.POST and person.case.grade in STRICT:
        raise DomainError(_("Familien har strengt fortrolig adresse. Lever eller les opp brevet."))
    if channel == Dispatch.Channel.POST and not person.may_be_posted_to:
        raise DomainError(_("Det er ikke trygt å sende brev dit. Lever eller les opp brevet."))
    made = Dispatch.objects.create(document=document, person=person, channel=channel)
    record("dispatch.ordered", made, by=by, case=document.case, channel=channel)
    return made


@transaction.atomic
def printed(dispatches, *, by):
    """The bytes have been shown for print; that alone sends nothing."""
    for each in dispatches:
        record("dispatch.printed", each, by=by, case=each.document.case)
    Dispatch.objects.filter(pk__in=[each.pk for each in dispatches]).update(
        printed_at=timezone.now()
    )


@transaction.atomic
def posted(dispatches, *, by, on):
    """A whole bundle, or none of it when one of them cannot be."""
    for each in dispatches:
        done(each, by=by, on=on)


@transaction.atomic
def done(dispatch, *, by, on):
    """Posted, handed over or read out, by this person, on this day."""
    made = Document.objects.filter(pk=dispatch.document_id, state=Document.State.READY).first()
    if made is None:
        raise DomainError(_("Brevet er ikke klart ennå. Vent litt, og prøv igjen."))
    if not made.made_on <= on <= timezone.localdate():
        raise DomainError(
            _("Brevet ble laget %(day)s. Velg den dagen eller en senere, til og med i dag.")
            % {"day": long_date(made.made_on)}
        )
    dispatch.move_to(Dispatch.State.DONE, done_by=by, done_on=on)
    record("dispatch.done", dispatch, by=by, case=dispatch.document.case, channel=dispatch.channel)
    settle(dispatch.document.meets, by=by)
    if dispatch.document.kind == Paper.ANSWER and dispatch.channel == Dispatch.Channel.POST:
        # The post takes days; where it is safe they know now that something comes, and not what.
        notifications.tell(
            Message.ANSWER_WAITS,
            dispatch.document,
            by=by,
            person=dispatch.person,
            language=dispatch.document.language,
        )


@transaction.atomic
def failed(dispatch, *, by, why):
    """It came back, or never went out: whoever is owed it is owed it still."""
    dispatch.move_to(Dispatch.State.FAILED, error=why[:200])
    record("dispatch.failed", dispatch, by=by, case=dispatch.document.case)
    dispatch.refresh_from_db(fields=["is_overtaken"])
    if dispatch.is_overtaken:
        return
    document = dispatch.document
    deadlines.begin(
        Due.DISPATCH_FAILED,
        dispatch,
        by=by,
        unit=document.unit,
        case=document.case,
        on=timezone.localdate(),
        owner=document.author,
    )
    settle(document.meets, by=by)


@transaction.atomic
def send_again(dispatch, *, by, channel):
    """The same document on another way, or once more on the same."""
    if dispatch.is_overtaken:
        raise DomainError(_("Svaret i dette brevet er vurdert på nytt. Det sendes ikke igjen."))
    if dispatch.state != Dispatch.State.FAILED:
        raise DomainError(_("Dette brevet er allerede på vei."))
    anew = Dispatch.objects.filter(document=dispatch.document, person=dispatch.person)
    if anew.exclude(state=Dispatch.State.FAILED).exists():
        raise DomainError(_("Dette brevet er allerede på vei."))
    made = send(dispatch.document, by=by, person=dispatch.person, channel=channel)
    deadlines.meet(Due.DISPATCH_FAILED, dispatch, by=by, on=timezone.localdate())
    return made


@transaction.atomic
def move(case, *, by, into=None, unit):
    """All the papers of a case go with it: to another unit, or into the case it is merged with."""
    becomes = into or case
    elsewhere = Document.objects.filter(case=case).exclude(case=becomes, unit=unit)
    moved = elsewhere.update(case=becomes, unit=unit)
    if into is not None:
        Attachment.objects.filter(case=case).update(case=into)
    record("document.moved", becomes, by=by, rows=moved)


@transaction.atomic
def stop(deadline, *, by):
    """What was decided is looked at again: no letter that says it may go out any more."""
    letters = Dispatch.objects.filter(document__meets=deadline)
    letters.filter(state=Dispatch.State.DONE).update(is_overtaken=True)
    letters = letters.filter(state__in=[Dispatch.State.WAITING, Dispatch.State.FAILED])
    for dispatch in letters.select_related("document__case").defer("document__data"):
        _stop(dispatch, by, "reopened")


@transaction.atomic
def stop_asking(case, *, by, references):
    """Nobody is to be asked or told of a delay any more about what has one of these references."""
    kinds = [Paper.INQUIRY, Paper.PRELIMINARY_ANSWER]
    letters = Dispatch.objects.filter(document__case=case, document__kind__in=kinds)
    letters = letters.filter(state__in=[Dispatch.State.WAITING, Dispatch.State.FAILED])
    for dispatch in letters.select_related("document__case").order_by("pk"):
        if dispatch.document.data["reference"] in references:
            _stop(dispatch, by, "withdrawn")


def _stop(dispatch, by, reason):
    dispatch.move_to(Dispatch.State.STOPPED)
    record("dispatch.stopped", dispatch, by=by, case=dispatch.document.case)
    deadlines.close(Due.DISPATCH_FAILED, dispatch, by=by, reason=reason)


@transaction.atomic
def settle(deadline, *, by):
    """A deadline that documents meet is met when the last of them has arrived, and not before."""
    if deadline is None:
        return
    # One at a time: two who each post the last but one would both see one that is missing.
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    owed = Document.objects.filter(meets=deadline)
    if owed.undelivered().exists():
        deadlines.open_again(deadline, by=by, reason="not_delivered")
        return
    reached = Dispatch.objects.filter(
        document__meets=deadline, state=Dispatch.State.DONE, is_overtaken=False
    )
    last = reached.order_by("-done_on").first()
    if last is not None:
        deadlines.fulfil(deadline, by=by, on=last.done_on)


# --- A family that must be hidden -----------------------------------------------------------


@transaction.atomic
def hide(cases, *, by, receipts=()):
    """What waits for the post is handed over instead, without an address; all that was made
    before is locked away as it is."""
    way = [Dispatch.State.WAITING, Dispatch.State.FAILED]
    waiting = Dispatch.objects.filter(
        document__case__in=cases, channel=Dispatch.Channel.POST, state__in=way
    ).not_replaced()
    by_post = list(waiting.select_related("document__case", "person").order_by("pk"))
    about_them = Q(case__in=cases) | Q(pk__in=receipts)
    for document in Document.objects.filter(about_them, seal=None).defer("data").order_by("pk"):
        Seal.objects.create(document=document)
        record("document.sealed", document, by=by)
    for dispatch in by_post:
        _hand_over_instead(dispatch, by)


def _hand_over_instead(dispatch, by):
    old = dispatch.document
    _stop(dispatch, by, "hidden")
    made = order(
        old.kind,
        by=by,
        municipality=old.municipality,
        unit=old.unit,
        case=old.case,
        author=old.author,
        recipient=old.recipient,
        meets=old.meets,
        title=old.title,
        language=old.language,
        data=old.data | {"recipient": []},
    )
    send(made, by=by, person=dispatch.person, channel=Dispatch.Channel.HANDED_OVER)


# --- What others hand in --------------------------------------------------------------------


@transaction.atomic
def take_in(content, name, *, by, municipality, case=None, author=None):
    """A file from outside, locked away until it is checked. Raises Refused at the first look."""
    attachment = Attachment.objects.create(
        municipality=municipality,
        case=case,
        author=author,
        name=name,
        type=recognise(content, name),
        size=len(content),
        fingerprint=Attachment.fingerprint_of(content, name),
        original=encrypt(content, Attachment.ORIGINAL),
    )
    record("attachment.received", attachment, by=by, type=attachment.type, size=attachment.size)
    doorbell.ring(tasks.check, attachment.pk)
    return attachment


@transaction.atomic
def hand_out(attachment, *, by, basis=""):
    """The clean copy, for somebody who may read the case; None when it is no longer whole."""
    content = attachment.content()
    if content is None:
        _report_damage(attachment, by)
        return None
    record("attachment.downloaded", attachment, by=by, basis=basis)
    return content


def _report_damage(attachment, by):
    """Seen by the one who asked, in the list, on the page for operations, and as a task."""
    whole = Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.CLEAN)
    if whole.update(state=Attachment.State.DAMAGED):
        record("attachment.damaged", attachment, by=by)
        deadlines.begin(
            Due.ATTACHMENT_DAMAGED,
            attachment,
            by=by,
            unit=attachment.case.unit,
            case=attachment.case,
            on=timezone.localdate(),
        )
