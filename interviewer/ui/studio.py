"""The page where mentors edit rubrics and try them: /mentor/studio.

The TOML in the pane is the draft and the truth; the form shows it and edits it. Nothing of a
draft is kept on the server until it is saved.
"""

import logging
from html import escape
from typing import Any

import gradio as gr

from interviewer.content import Change, Content
from interviewer.errors import ConflictError, ContentError, InterviewerError
from interviewer.marking import Grading
from interviewer.publish import draft_faults, open_texts, publish
from interviewer.studio import (
    ClaimKind,
    add_claim,
    remove_claim,
)
from interviewer.ui import panels, studio_draft, studio_view
from interviewer.ui.mentors import Mentors
from interviewer.ui.studio_draft import (
    PANES,
    claim_key,
    open_slug,
    remembered,
    shown_claim,
    with_form,
)
from interviewer.ui.studio_form import Form
from interviewer.ui.studio_page import Page, lay_out
from interviewer.ui.studio_trial import Trials
from interviewer.ui.told import shown_errors

log = logging.getLogger(__name__)
Updates = dict[Any, Any]
UNSAVED = "You have edits that are not saved: save or discard them first."
FAULTY = "Not saved: mend the faults first."


def build_studio(content: Content, grader: Grading, mentors: Mentors) -> gr.Blocks:
    """The Blocks of the studio."""
    blocks: gr.Blocks
    with gr.Blocks(title="Interviewer: rubric studio", analytics_enabled=False) as blocks:
        Handlers(content, grader, mentors, lay_out(content.slugs())).connect(blocks)
    return blocks


class Handlers:
    """What happens on the page. Each handler asks for the mentor first."""

    def __init__(self, content: Content, grader: Grading, mentors: Mentors, page: Page) -> None:
        self._content = content
        self._grader = grader
        self._mentors = mentors
        self._page = page
        self._form = Form(content, page)
        self._trials = Trials(content, grader, mentors)

    def connect(self, blocks: gr.Blocks) -> None:
        """Join components to handlers."""
        page = self._page
        fields, marks = list(page.fields.values()), list(page.marks.values())
        draft = [page.opened, page.rubric, page.samples]
        form = [page.claims, page.shown, *fields, *marks]
        told = [page.said, page.keep_mine, page.faults]
        every = [*draft, page.item, page.status, page.who, *form, *told, page.verdicts, page.grid]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        typing: dict[str, Any] = {**quiet, "trigger_mode": "always_last"}
        blocks.load(self.load, None, every, **quiet)
        held = [page.shown, *fields]  # what the form holds: it may be ahead of the pane
        page.item.input(self.open, [*draft, page.item, *held], every, **quiet)
        page.discard.click(self.discard, [page.opened], every, **quiet)
        shown = [*form, *told]
        gr.on(
            [page.rubric.input, page.samples.input],
            self.typed,
            [*draft, page.claims],
            shown,
            **typing,
        )
        turned = [page.rubric, *shown]
        page.claims.input(self.choose, [*draft, page.claims, *held], turned, **quiet)
        edited = [page.rubric, page.claims, *marks, page.faults]
        # not on change: that comes too while the form is being filled, when half of it is blank
        left = [event for each in fields for event in (each.blur, each.submit)]
        gr.on(left, self.edit, [*draft, *held], edited, **typing)
        for button, act in (
            (page.add_criterion, self.add("criteria")),
            (page.add_misconception, self.add("misconceptions")),
            (page.remove, self.remove),
        ):
            button.click(act, [*draft, *held], turned, **quiet)
        page.check.click(self.check, [*draft, *held], [page.faults], **quiet)
        saved = [page.opened, page.rubric, *told]
        page.save.click(self.save, [*draft, *held], saved, **quiet)
        page.keep_mine.click(self.keep_mine, [page.opened], [page.opened, *told], **quiet)
        slow: dict[str, Any] = {**quiet, "concurrency_limit": 1, "concurrency_id": "trials"}
        one = page.judge.click(
            self._trials.judge, [*draft, page.answer, *held], [page.verdicts], **slow
        )
        many = page.judge_samples.click(
            self._trials.judge_samples, [*draft, page.limit, *held], [page.grid], **slow
        )
        page.stop.click(None, None, None, cancels=[one, many])

    def load(self, request: gr.Request) -> Updates:
        """The list of items; the one that the address names is opened."""
        mentor = self._mentor(request)
        page = self._page
        who = f'<a id="mentor" href="/login">{escape(mentor)} · log out</a>'
        links = f'<nav class="links"><a href="/mentor/review">Review</a> {who}</nav>'
        slugs = self._content.slugs()
        named = request.query_params.get("item") or ""
        slug = named if named in slugs else None
        updates: Updates = {
            page.who: links,
            page.status: self._status(),
        }
        with shown_errors():
            updates |= self._opened(slug) if slug else {}
        return {**updates, page.item: gr.Dropdown(choices=list(slugs), value=slug)}

    def open(
        self,
        opened: str,
        rubric: str,
        samples: str,
        slug: str | None,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """Another item, unless edits of this one would be lost."""
        self._mentor(request)
        now, _ = studio_draft.held(opened)
        if not slug or slug == now:  # the dropdown was only left: it sends its value then too
            return {self._page.item: gr.skip()}
        with shown_errors():
            rubric = with_form(rubric, shown, fields)
            if now and self._unsaved(now, rubric, samples):
                gr.Warning(UNSAVED)
                return {self._page.item: now}
            return self._opened(slug)

    def discard(self, opened: str, request: gr.Request) -> Updates:
        """The item as it is saved now."""
        self._mentor(request)
        with shown_errors():
            return self._opened(open_slug(opened))

    def typed(
        self, opened: str, rubric: str, samples: str, claim: str | None, request: gr.Request
    ) -> Updates:
        """The form of what was typed into a pane."""
        self._mentor(request)
        with shown_errors():
            return self._form.filled(open_slug(opened), rubric, samples, claim)

    def choose(
        self,
        opened: str,
        rubric: str,
        samples: str,
        claim: str | None,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """Another claim in the form; what was typed into the one before is kept."""
        self._mentor(request)
        with shown_errors():
            text = with_form(rubric, shown, fields)
            filled = self._form.filled(open_slug(opened), text, samples, claim)
            return {self._page.rubric: text, **filled}

    def edit(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """The TOML with what was typed into the form; fields that were not touched stay."""
        self._mentor(request)
        with shown_errors():
            text = with_form(rubric, shown, fields)
            if text == rubric:  # the form itself was filled
                return {self._page.rubric: gr.skip()}
            updates = self._form.filled(open_slug(opened), text, samples, shown_claim(shown)[0])
        page = self._page
        for component in (page.shown, *page.fields.values()):
            updates.pop(component)  # whoever is typing there must not be overwritten
        # nor be called back by the radio from the claim that was chosen meanwhile
        updates[page.claims] = gr.Radio(choices=updates[page.claims].choices)
        return {**updates, page.rubric: text}

    def add(self, kind: ClaimKind) -> Any:
        """A handler that adds a claim and shows it."""

        def act(
            opened: str,
            rubric: str,
            samples: str,
            shown: str,
            request: gr.Request,
            *fields: str | None,
        ) -> Updates:
            self._mentor(request)
            with shown_errors():
                slug = open_slug(opened)
                text, index = add_claim(with_form(rubric, shown, fields), kind)
                filled = self._form.filled(slug, text, samples, f"{kind}/{index}")
                return {self._page.rubric: text, **filled}

        return act

    def remove(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """Take the claim that is shown out of the draft."""
        self._mentor(request)
        with shown_errors():
            slug, claim = open_slug(opened), shown_claim(shown)[0]
            text = remove_claim(rubric, *claim_key(claim))
            return {self._page.rubric: text, **self._form.filled(slug, text, samples, claim)}

    def check(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Any:
        """All faults, as `python -m interviewer check` would name them."""
        self._mentor(request)
        with shown_errors():
            rubric = with_form(rubric, shown, fields)
            found = draft_faults(
                self._content, open_slug(opened), studio_draft.texts(rubric, samples)
            )
            return studio_view.faults(found, asked=True)

    def save(
        self,
        opened: str,
        rubric: str,
        samples: str,
        shown: str,
        request: gr.Request,
        *fields: str | None,
    ) -> Updates:
        """Put the draft into the overlay, or say why not; the panes keep what is in them."""
        mentor = self._mentor(request)
        page = self._page
        with shown_errors():
            rubric = with_form(rubric, shown, fields)
        slug, digests = studio_draft.held(opened)
        texts = studio_draft.texts(rubric, samples)
        changes = [Change(name, text, digests.get(name, "")) for name, text in texts.items()]
        try:
            done = publish(self._content, slug, changes)
        except ContentError:
            found = draft_faults(self._content, slug, texts)
            gr.Warning(FAULTY)
            return {page.said: "", page.rubric: rubric, page.faults: studio_view.faults(found)}
        except ConflictError as error:
            told = studio_view.conflict(error.name, error.text, texts[error.name])
            return {
                page.opened: studio_draft.conflicting(opened, error.name, error.text),
                page.said: told,
                page.keep_mine: gr.Button(visible=True),
            }
        except InterviewerError as error:
            return {page.said: studio_view.said(f"Not saved. {error}", "failed")}
        log.info("%s saved rubric %s: %s -> %s", mentor, slug, done.before, done.version)
        return {
            page.opened: remembered(slug, open_texts(self._content, slug)),
            page.rubric: rubric,
            page.said: studio_view.saved(done),
            page.keep_mine: gr.Button(visible=False),
            page.faults: studio_view.faults(()),
        }

    def keep_mine(self, opened: str, request: gr.Request) -> Updates:
        """The next save may replace the text that has been shown, and nothing else."""
        self._mentor(request)
        page = self._page
        with shown_errors():
            agreed = studio_draft.agreed(opened)
        return {
            page.opened: agreed,
            page.said: studio_view.said("Save replaces their text by yours.", "merged"),
            page.keep_mine: gr.Button(visible=False),
        }

    def _opened(self, slug: str) -> Updates:
        page, opened = self._page, open_texts(self._content, slug)
        rubric, samples = (next(c.text for c in opened if c.name == n) for n in PANES)
        return {
            page.opened: remembered(slug, opened),
            page.item: slug,
            page.status: self._status(),
            page.rubric: rubric,
            page.samples: samples,
            page.said: '<div id="said"></div>',
            page.keep_mine: gr.Button(visible=False),
            page.verdicts: '<div id="verdicts"></div>',
            page.grid: '<div id="grid"></div>',
            **self._form.filled(slug, rubric, samples, None),
        }

    def _unsaved(self, slug: str, rubric: str, samples: str) -> bool:
        texts = studio_draft.texts(rubric, samples)
        return any(
            studio_draft.lf(self._content.text(slug, name)) != text for name, text in texts.items()
        )

    def _status(self) -> str:
        return panels.model_status(self._grader.state, self._grader.status)

    def _mentor(self, request: gr.Request) -> str:
        with shown_errors():
            return self._mentors.of(request)
