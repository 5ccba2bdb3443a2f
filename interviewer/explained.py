"""Why something that works elsewhere cannot work in the sandbox, and what to do instead (pure).

Read from an exception and the candidate's own line that raised it: a guess, if a good one. It
stands before the exception, never in its place, and changes no verdict.
"""

import re
from collections.abc import Sequence

WORKERS = (
    "DataLoader workers are processes, and the sandbox starts none: "
    "leave num_workers out. The batches are the same."
)
COMPILE = (
    "torch.compile needs a compiler and files, and the sandbox has neither: "
    "call the function as it is. The values are the same."
)
ASYNCIO = "An asyncio loop needs a socket, and the sandbox gives none: write plain functions."
NETWORK = "The sandbox has no network: put what the code needs into the code itself."
PROCESSES = "The sandbox starts no other process: do the work in this one."
THREADS = "The sandbox starts no threads: a plain loop gives the same values."
FILES = (
    "The sandbox has no files, to read or to write: make the data in the code, "
    "torch.randn will often do, and keep results in variables."
)
NO_SYSTEM = "The sandbox gives no files, network, processes or threads."
NO_GPU = "The sandbox has no GPU: leave tensors and modules on the CPU."
NO_INPUT = "Nobody can type into a run: give the value in the code."
NO_MODULE = "The sandbox has torch, NumPy and the standard library, and no {name}."
NOT_LOADED = (
    "{name} is not at hand in the sandbox; most of torch is, as are NumPy and Python's own."
)
NO_GRADIENTS = (
    "NumPy keeps no gradients, and they are asked for here: torch does the same and keeps them."
)
NOTEBOOK = "Lines with ! or % are for notebooks, they are not Python: leave them out."

# what an exception says of itself
_MESSAGES = (
    (r"can't start new thread", THREADS),
    (r"torch\._(inductor|dynamo)", COMPILE),
    (r"No module named 'torch\.utils\.serialization'", FILES),
    (r"not compiled with CUDA|No CUDA GPUs|NVIDIA driver", NO_GPU),
    (r"name resolution|urlopen error|uv loop", NETWORK),
    (r"EOF when reading a line", NO_INPUT),
    (r"Can't call numpy\(\) on Tensor that requires grad", NO_GRADIENTS),
)
# what the line tried, once the system has refused something
_LINES = (
    (r"torch\.compile", COMPILE),
    (r"asyncio|run_until_complete", ASYNCIO),
    (r"socket|connect|urlopen|http|request|download|from_pretrained", NETWORK),
    (r"subprocess|Popen|fork|exec|spawn|system", PROCESSES),
    (r"open|load|save|read|write|Path|path|listdir|glob|csv|tempfile|mkdir|remove", FILES),
)
_OWN_PROCESSES = r"Process|Pool|Queue|Manager|multiprocessing|\bmp\."


def explain(types: Sequence[str], message: str, lines: Sequence[str]) -> str:
    """One sentence or two; empty where the exception is not the sandbox's doing.

    `types` are the exception's, most derived first, `lines` the candidate's own, innermost last.
    """
    line = lines[-1] if lines else ""
    if "ImportError" in types:
        return _of_module(message, line)
    if said := _first(_MESSAGES, message):
        return said
    if "PermissionError" not in types and "Operation not permitted" not in message:
        return ""
    if "Operation not permitted: '" in message:  # a path follows
        return FILES
    return _first(_LINES, line) or NO_SYSTEM


def explain_syntax(line: str) -> str:
    """What a line that does not parse was meant for, where it is a notebook's."""
    return NOTEBOOK if line.lstrip().startswith(("!", "%")) else ""


def _of_module(message: str, line: str) -> str:
    found = re.search(r"No module named '([\w.]+)'", message)
    if not found:
        return ""
    name = found[1]
    if said := _first(_MESSAGES, message):
        return said
    if name.startswith(("multiprocessing.", "concurrent.")):
        return PROCESSES if re.search(_OWN_PROCESSES, line) else WORKERS
    return (NOT_LOADED if name.startswith("torch.") else NO_MODULE).format(name=name)


def _first(rules: Sequence[tuple[str, str]], text: str) -> str:
    return next((said for pattern, said in rules if re.search(pattern, text)), "")
