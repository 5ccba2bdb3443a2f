"""Texts of a small item that passes every check, for tests to spoil."""

from pathlib import Path

from interviewer.types import KINDS

SLUG = "gradient-flow"

ITEM = f'''title = "Gradient flow"
level = "easy"
cluster = "backprop-gradients"
companies = []
stem = "Why do gradients vanish in deep networks?"
reference = """
{"word " * 160}
"""
hints = ["Think of a product.", "Many factors below one.", "The derivative of the squashing."]
sources = ["A textbook, chapter 6"]

[[follow_ups]]
question = "What changes with another activation?"
about = "claim-1"

[task]
prompt = "Write it."
entries = ["flow"]

[task.limits]
wall_seconds = 5
'''

# the files of a code task: check looks for them, tests that run code have their own
CODE = {
    "starter.py": "def flow(): ...\n",
    "solution.py": "def flow():\n    return 0.0\n",
    "checks.py": "ENTRIES = ()\n",
}

_CRITERION = """[[criteria]]
id = "claim-{0}"
points = 2
statement = "Statement number {0}."
paraphrases = ["One way {0}.", "Another way {0}.", "A third way {0}."]
near_misses = ["Nearly {0}.", "Not quite {0}."]
follow_up = "And then?"
missed = "You left it out."
contradicted = "It is the other way round."
source = "A textbook"

"""

_MISCONCEPTION = """[[misconceptions]]
id = "myth-{0}"
points = -1
statement = "False statement number {0}."
paraphrases = ["A false way {0}.", "Another false way {0}."]
correction = "It is not so."
source = "A textbook"

"""

RUBRIC = (
    f'item = "{SLUG}"\n\n'
    + "".join(_CRITERION.format(number) for number in range(1, 6))
    + "".join(_MISCONCEPTION.format(number) for number in range(1, 3))
)

_SAMPLE = """[[samples]]
id = "s-{0}"
kind = "{1}"
text = '''
Answer number {0}.
'''
score = 30
misconceptions = []
[samples.verdicts]
claim-1 = "covered"
claim-2 = "partial"
claim-3 = "missing"
claim-4 = "contradicted"
claim-5 = "missing"

"""

SAMPLES = "".join(_SAMPLE.format(number, KINDS[number % len(KINDS)]) for number in range(20))

QUICK_SLUG = "step"

_QUICK_SAMPLE = """[[questions.samples]]
id = "{0}"
kind = "{0}"
text = "Sample {1}."
score = {2}
misconceptions = {3}
[questions.samples.verdicts]
one = "{4}"
two = "{5}"

"""

QUICK = (
    f'''[[questions]]
id = "{QUICK_SLUG}"
title = "Step"
cluster = "fundamentals"
stem = "What is a step?"
reference = "{"word " * 40}"

[[questions.criteria]]
id = "one"
points = 2
statement = "One batch, one update."
paraphrases = ["One way one.", "Another way one.", "Third way one."]
near_misses = ["Nearly one.", "Not quite one."]
follow_up = "And then?"
missed = "You left it out."
contradicted = "It is the other way round."
source = "A textbook"

[[questions.criteria]]
id = "two"
points = 2
statement = "Two words for it."
paraphrases = ["One way two.", "Another way two.", "Third way two."]
near_misses = ["Two.", "Two of several."]
follow_up = "Which words?"
missed = "You left two out."
contradicted = "Two is otherwise."
source = "A textbook"

[[questions.misconceptions]]
id = "myth"
points = -1
statement = "A step is an epoch."
paraphrases = ["Step and epoch are the same.", "A step sees all data."]
correction = "An epoch has many steps."
source = "A textbook"

'''
    + _QUICK_SAMPLE.format("excellent", "one", 100, [], "covered", "covered")
    + _QUICK_SAMPLE.format("partial", "two", 50, [], "covered", "missing")
    + _QUICK_SAMPLE.format("wrong", "three", 0, '["myth"]', "contradicted", "missing")
    + _QUICK_SAMPLE.format("vague", "four", 0, [], "missing", "missing")
)


def line(text: str, part: str, occurrence: int = 1) -> int:
    """The line, from 1, on which the given occurrence of a part begins."""
    offset = -1
    for _ in range(occurrence):
        offset = text.index(part, offset + 1)
    return text.count("\n", 0, offset) + 1


def write(
    root: Path, slug: str = SLUG, item: str = ITEM, rubric: str = RUBRIC, samples: str = SAMPLES
) -> Path:
    """A folder with bank/ and rubrics/ that hold one item; returns it."""
    bank, rubrics = root / "bank" / slug, root / "rubrics" / slug
    bank.mkdir(parents=True)
    rubrics.mkdir(parents=True)
    for name, text in {"item.toml": item, **CODE}.items():
        (bank / name).write_text(text, encoding="utf-8")
    (rubrics / "rubric.toml").write_text(rubric, encoding="utf-8")
    (rubrics / "samples.toml").write_text(samples, encoding="utf-8")
    return root


def write_quick(root: Path, text: str = QUICK) -> Path:
    """The same folder with a file of rapid-fire questions, one."""
    (root / "bank").mkdir(exist_ok=True)
    (root / "bank" / "rapid-fire.toml").write_text(text, encoding="utf-8")
    return root
