"""Names that a program reads and nothing in it defines, found in its syntax; nothing is run.

It tells what is certain only: a program that imports everything of a module, or makes names at
run time, has none. Names of attributes are not looked at.
"""

import ast
import builtins
import symtable
from collections.abc import Iterator, Sequence

SAID = "Nothing in this code defines "
MOST_TOLD = 6
_GIVEN = {*dir(builtins), "__file__", "__annotations__", "__builtins__"}
_MAKERS = {"exec", "globals", "vars", "setattr", "__import__"}  # a name may come of these
USUAL = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "np": "import numpy as np",
    "math": "import math",
}


def unknown_names(source: str) -> tuple[str, ...]:
    """Each once, in the order of the lines; none where the source does not parse."""
    try:
        tree = ast.parse(source)
        table = symtable.symtable(source, "<submission>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    if _imports_everything(tree) or any(node.id in _MAKERS for node in nodes):
        return ()
    missing = set(_read(table)) - set(_made(table)) - _GIVEN
    read = [n for n in nodes if n.id in missing and isinstance(n.ctx, ast.Load)]
    read.sort(key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(node.id for node in read))


def say_unknown(names: Sequence[str]) -> str:
    """The names in a sentence, with the import that some of them usually come from."""
    if not names:
        return ""
    shown, more = names[:MOST_TOLD], len(names) - MOST_TOLD
    *first, last = [*shown, *([f"{more} more names"] if more > 0 else [])]
    listed = f"{', '.join(first)} or {last}" if first else last
    usual = [USUAL[name] for name in shown if name in USUAL]
    hint = f" Usual here: {'; '.join(usual)}." if usual else ""
    return f"{SAID}{listed}.{hint}"


def _imports_everything(tree: ast.Module) -> bool:
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(alias.name == "*" for node in froms for alias in node.names)


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _tables(inner)


def _read(top: symtable.SymbolTable) -> Iterator[str]:
    """Names that are looked up in the module when they are read."""
    for table in _tables(top):
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                yield symbol.get_name()


def _made(top: symtable.SymbolTable) -> Iterator[str]:
    """Names that the module gets, at its top or from a function that declares them global."""
    for table in _tables(top):
        for symbol in table.get_symbols():
            given = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if given and (table is top or symbol.is_declared_global()):
                yield symbol.get_name()
