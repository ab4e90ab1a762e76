"""What staff write down themselves: a referral, and a discussion."""

from django.utils.datastructures import MultiValueDict

from referrals.forms.answers import QuestionsForm, Together, how_many
from referrals.questions import AT_THE_DESK, DISCUSSION


class DeskForm(Together):
    """All the steps as sections of one page, for somebody with a telephone at the ear."""

    steps = AT_THE_DESK.steps

    def __init__(self, typed=None, *, today, bound=False):
        parents = self._of_people
        people = how_many(typed or {}, parents)
        typed = None if typed is None else MultiValueDict(typed)
        data, about = typed if bound else None, {"initial": {"received_on": today}, "typed": typed}
        self.sections = [
            QuestionsForm(step.questions, data, prefix=step.slug, **about) for step in self.steps
        ]
        for step, section in zip(self.steps, self.sections, strict=True):
            section.step = step
        self.people = [
            QuestionsForm(parents.each, data, typed=typed, prefix=f"person-{number}")
            for number in range(people)
        ]
        for number, block in enumerate(self.people, start=1):
            block.number = number

    @property
    def _of_people(self):
        return next(step for step in self.steps if step.slug == AT_THE_DESK.people)

    @property
    def has_room(self):
        return len(self.people) < self.most_people

    @property
    def forms(self):
        """In the order of the page."""
        of_people = self.steps.index(self._of_people)
        return [*self.sections[: of_people + 1], *self.people, *self.sections[of_people + 1 :]]

    @property
    def answers(self):
        """As the public form would have stored them: only a no has asked where the child is."""
        answers = {section.step.slug: section.answers for section in self.sections}
        said = [block.answers for block in self.people]
        answers[AT_THE_DESK.people]["people"] = [one for one in said if any(one.values())]
        for section in self.sections:
            for question in section.questions:
                if not question.shown(answers):
                    answers[section.step.slug].pop(question.key, None)
        return answers


class DiscussionForm(QuestionsForm):
    """When, who called, about what and for how long: nothing that says who the child is."""

    def __init__(self, *args, **kwargs):
        super().__init__(DISCUSSION.questions, *args, **kwargs)
