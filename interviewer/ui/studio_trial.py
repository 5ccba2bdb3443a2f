"""Tries the draft of a rubric, not saved: on a typed answer and on graded samples."""

from collections.abc import Iterator

import gradio as gr

from interviewer.content import Content
from interviewer.errors import ContentError, InputError
from interviewer.marking import Grading
from interviewer.trial import chosen, try_samples
from interviewer.types import Item, Rubric, Sample
from interviewer.ui import studio_draft, studio_view
from interviewer.ui.mentors import Mentors
from interviewer.ui.studio_draft import open_slug, with_form
from interviewer.ui.told import shown_errors

MEND = "Nothing was judged: mend the faults of the TOML first."


class Trials:
    """Handlers that stream verdicts. Each asks for the mentor first."""

    def __init__(self, content: Content, grader: Grading, mentors: Mentors) -> None:
        self._content = content
        self._grader = grader
        self._mentors = mentors

    def judge(
        self,
        opened: str,
        rubric: str,
        samples: str,
        answer: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Iterator[str]:
        """The draft's verdicts on an answer, one after the other."""
        with shown_errors():
            self._mentors.of(request)
            if self._grader.state != "ready":
                yield studio_view.no_judge("verdicts", self._grader.status)
                return
            rubric = with_form(rubric, shown, fields)
            item, draft = self._draft(open_slug(opened), rubric, samples)
            steps: list[studio_view.Step] = []
            yield studio_view.tried(draft, answer, steps, self._grader.info)
            for step in self._grader.grade_stream(item, draft, answer):
                steps.append(step)
                yield studio_view.tried(draft, answer, steps, self._grader.info)

    def judge_samples(
        self,
        opened: str,
        rubric: str,
        samples: str,
        limit: float | None,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Iterator[str]:
        """The draft's verdicts on samples, as they are judged."""
        with shown_errors():
            self._mentors.of(request)
            if self._grader.state != "ready":
                yield studio_view.no_judge("grid", self._grader.status)
                return
            slug, rubric = open_slug(opened), with_form(rubric, shown, fields)
            item, draft = self._draft(slug, rubric, samples)
            few = chosen(self._samples(slug, rubric, samples), int(limit or 1))
            for trials in try_samples(self._grader, item, draft, few):
                yield studio_view.grid(draft, trials, len(few), self._grader.info)

    def _draft(self, slug: str, rubric: str, samples: str) -> tuple[Item, Rubric]:
        content = self._content.drafted(slug, studio_draft.texts(rubric, samples))
        try:
            return content.item(slug), content.rubric(slug)
        except ContentError as error:
            raise InputError(MEND) from error

    def _samples(self, slug: str, rubric: str, samples: str) -> tuple[Sample, ...]:
        try:
            return self._content.drafted(slug, studio_draft.texts(rubric, samples)).samples(slug)
        except ContentError as error:
            raise InputError(MEND) from error
