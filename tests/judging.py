"""A small question with its rubric, and judges over the scripted model."""

from collections.abc import Callable

from interviewer import prompts
from interviewer.calibration import Calibration, Logistic
from interviewer.judge import (
    CRITERION_SIGNALS,
    MISCONCEPTION_SIGNALS,
    STATEMENT_SIGNALS,
    LlmJudge,
    Question,
)
from interviewer.rubric import rubric_version
from interviewer.types import (
    ClaimReader,
    Criterion,
    Item,
    Judgement,
    Misconception,
    MisconceptionJudgement,
    Rubric,
)
from tests.fakes import Decision, ScriptedModel, WordHashEmbedder

Rule = Callable[[str, str], Decision]

CHANNEL = Criterion(
    id="channel",
    statement="Batch norm takes its statistics per channel over the whole batch.",
    points=1.0,
    paraphrases=("BN averages over the images of a batch.",),
    near_misses=("Batch norm takes its statistics per example.",),
    follow_up="Over which axes does it average?",
    missed="You left out the axes.",
    contradicted="It is the batch that is averaged over.",
)
RUNNING = Criterion(
    id="running",
    statement="At test time batch norm uses running averages.",
    points=2.0,
    follow_up="What does it use at test time?",
)
COST = Criterion(id="cost", statement="Both cost about the same.", points=1.0)
ALWAYS = Misconception(
    id="always",
    statement="Layer norm is better in every network.",
    points=-1.0,
    correction="Neither is better in every network.",
)
CRITERIA, MISCONCEPTIONS = (CHANNEL, RUNNING, COST), (ALWAYS,)
RUBRIC = Rubric("norms", CRITERIA, MISCONCEPTIONS, rubric_version(CRITERIA, MISCONCEPTIONS))
ITEM = Item(
    slug="norms",
    title="Norms",
    level="easy",
    cluster="training-tricks",
    companies=(),
    stem="How do batch norm and layer norm differ?",
    reference="Batch norm averages over the batch, layer norm over the features.",
    hints=("One.", "Two.", "Three."),
    follow_ups=(),
    sources=("A textbook",),
)
QUESTION = Question(ITEM.stem, ITEM.reference)
ANSWER = (
    "Batch norm takes its statistics over the batch. At test time batch norm uses running "
    "averages. I would say that layer norm is better in every network."
)


def stating(*statements: str) -> Rule:
    """The model finds these statements in the answer, and no conflict with any."""
    yes = {prompts.CLAIM.format(claim=statement) for statement in statements}
    return lambda prompt, claim: 0.98 if claim in yes else 0.02


def opposing(*statements: str) -> Rule:
    """The model finds a conflict with these statements, and none stated."""
    wrong = {prompts.CLAIM.format(claim=statement) for statement in statements}
    return lambda prompt, claim: (0.01, 0.01, 0.98) if claim in wrong else 0.02


def always(p_yes: float | None) -> Rule:
    """The model says the same to everything."""
    return lambda prompt, claim: p_yes


def scripted_judge(
    rule: Rule,
    calibration: Calibration | None = None,
    without: frozenset[str] = frozenset(),
    reader: ClaimReader | None = None,
) -> tuple[LlmJudge, ScriptedModel]:
    """A judge over the scripted model, and that model."""
    model = ScriptedModel(rule)
    return LlmJudge(model, WordHashEmbedder(), calibration, without, reader), model


def judged(
    judge: LlmJudge, answer: str = ANSWER
) -> tuple[dict[str, Judgement], dict[str, MisconceptionJudgement]]:
    """Judgements by id, of criteria and of misconceptions."""
    steps = list(judge.judge(QUESTION, RUBRIC, answer))
    return (
        {s.criterion: s for s in steps if isinstance(s, Judgement)},
        {s.misconception: s for s in steps if isinstance(s, MisconceptionJudgement)},
    )


def logistic(
    classes: tuple[str, ...], features: tuple[str, ...], favourite: str, by: float = 1.0
) -> Logistic:
    """Each signal speaks for `favourite` by `by`, and against the other classes."""
    return Logistic(
        classes=classes,
        features=features,
        mean=(0.0,) * len(features),
        scale=(1.0,) * len(features),
        weights=tuple((by if name == favourite else -by,) * len(features) for name in classes),
        bias=(0.0,) * len(classes),
    )


def calibration(by: float = 1.0) -> Calibration:
    """A calibration of the scripted model in which every signal speaks for the claim."""
    verdicts = ("missing", "covered", "partial", "contradicted")
    return Calibration(
        model="scripted",
        prompt=prompts.PROMPT_HASH,
        criteria=logistic(verdicts, CRITERION_SIGNALS, "covered", by),
        statements=logistic(verdicts, STATEMENT_SIGNALS, "covered", by),
        misconceptions=logistic(("no", "yes"), MISCONCEPTION_SIGNALS, "yes", by),
    )
