"""A program -> its mutants: copies with one small fault each (pure; nothing is run here).

The faults are those that people make in tensor code: operators, constants, axes, signs, missing
terms, detached values, changes in place, wrong reductions, left-out statements and arguments.
Mutation analysis after DeMillo, Lipton and Sayward (1978).
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

_BINARY: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_CALLS = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "amax": "amin",
    "argmax": "argmin",
    "argsort": "argmax",
    "softmax": "sigmoid",
    "log_softmax": "softmax",
    "logsigmoid": "sigmoid",
    "logsumexp": "sum",
    "relu": "sigmoid",
    "silu": "relu",
    "SiLU": "ReLU",
    "ReLU": "Sigmoid",
    "GELU": "Identity",
    "sigmoid": "tanh",
    "tanh": "sigmoid",
    "exp": "expm1",
    "cos": "sin",
    "kaiming_normal_": "xavier_normal_",
    "zeros_": "ones_",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "ones": "zeros",
    "rand_like": "randn_like",
    "var": "std",
    "randn_like": "rand_like",
    "train": "eval",
    "square": "abs",
    "outer": "add",
}
# calls that can be left out: the value goes on as it is
_PASSED_ON = {
    "sqrt", "abs", "detach", "clone", "clamp", "square", "mean", "softmax", "relu", "sigmoid",
    "tanh", "exp", "log", "round", "normalize", "contiguous", "float", "long", "logsumexp",
    "masked_fill", "transpose", "min", "max", "unsqueeze", "squeeze",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one fault: where, what stood there, what stands there now.

    `nth` counts the mutants of a program whose line reads the same before and after, from the left.
    """

    line: int
    was: str
    became: str
    source: str
    nth: int = 1

    @property
    def name(self) -> str:
        """What tells it from the program's other mutants."""
        again = f" ({_ordinal(self.nth)})" if self.nth > 1 else ""
        return f"line {self.line}: {self.was} -> {self.became}{again}"


def mutants(source: str) -> tuple[Mutant, ...]:
    """All mutants of a program, in the order of its lines; no two have the same source or name.

    Lines are those of the program with its comments and formatting normalised, as `ast.unparse`
    writes it. Raises SyntaxError.
    """
    tree = ast.parse(ast.unparse(ast.parse(source)))
    found: dict[str, tuple[int, Mutant]] = {}  # by source, with the column of the fault
    original = ast.unparse(tree)
    for index, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            twin = copy.deepcopy(tree)
            place = next(n for i, n in enumerate(ast.walk(twin)) if i == index)
            became = _replaced(twin, place, change(copy.deepcopy(node)))
            text = ast.unparse(ast.fix_missing_locations(twin))
            if text != original and text not in found:
                was = f"if {_brief(node.test)}" if isinstance(node, ast.If) else _brief(node)
                mutant = Mutant(getattr(node, "lineno", 0), was, became, text)
                found[text] = (getattr(node, "col_offset", 0), mutant)
    in_order = sorted(found.values(), key=lambda f: (f[1].line, f[1].was, f[1].became, f[0]))
    return tuple(_numbered([mutant for _, mutant in in_order]))


def _numbered(found: Sequence[Mutant]) -> Iterator[Mutant]:
    names: Counter[str] = Counter()
    for mutant in found:
        names[mutant.name] += 1
        yield replace(mutant, nth=names[mutant.name])


def _ordinal(number: int) -> str:
    """2nd, 3rd, 11th: a number above 0 as a place in a row."""
    teens = number % 100 in (11, 12, 13)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if teens else ending}"


Change = Callable[[ast.AST], ast.AST | None]  # the node that takes its place; None leaves it out


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp):
        yield from _of_binary(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield lambda n: n.operand  # type: ignore[attr-defined]  # it is a UnaryOp
    elif isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.BoolOp):
        yield from (_kept(value) for value in node.values)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node.value)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.If | ast.IfExp):
        yield _with(test=ast.Constant(True))
        yield _with(test=ast.Constant(False))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield lambda n: ast.Pass()
    elif isinstance(node, ast.AugAssign):
        yield lambda n: ast.Pass()
        for other in _BINARY.get(type(node.op), ()):
            yield _with(op=other())
    elif isinstance(node, ast.Assign | ast.Return) and isinstance(
        node.value, ast.BinOp | ast.Call | ast.Name
    ):
        yield lambda n: _set(n, value=_method(n.value, "detach"))  # type: ignore[attr-defined]


def _of_binary(node: ast.BinOp) -> Iterator[Change]:
    for other in _BINARY.get(type(node.op), ()):
        yield _with(op=other())
    yield _kept(node.left)  # a missing term or factor
    if not isinstance(node.op, ast.Pow | ast.Div | ast.FloorDiv | ast.Mod):
        yield _kept(node.right)
    if isinstance(node.left, ast.Name) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        inside = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_"}[type(node.op)]
        yield lambda n: _method(n.left, inside, n.right)  # type: ignore[attr-defined]
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield lambda n: _set(n, left=n.right, right=n.left)  # type: ignore[attr-defined]


def _of_comparison(node: ast.Compare) -> Iterator[Change]:
    for index, op in enumerate(node.ops):
        for other in _COMPARISONS.get(type(op), ()):
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield _with(ops=ops)


def _of_constant(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield lambda n: ast.Constant(not value)
    elif isinstance(value, int | float):
        near = [value + 1, value - 1] if isinstance(value, int) else [value * 2, value / 2]
        for other in dict.fromkeys([*near, 0 * value]):
            if other != value:
                yield lambda n, other=other: _number(other)  # type: ignore[misc]
    elif isinstance(value, str):
        swaps = {"relu": "linear", "sum": "mean", "batchmean": "mean", "fan_in": "fan_avg"}
        if value in swaps:
            yield lambda n: ast.Constant(swaps[value])


def _of_call(node: ast.Call) -> Iterator[Change]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in _CALLS:
        yield lambda n: _set(n, func=_renamed(n.func, _CALLS[name]))  # type: ignore[attr-defined]
    if name in _PASSED_ON:
        of_module = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in (
            "torch", "F", "nn", "math", "torch.nn.functional", "np",
        )  # fmt: skip
        if isinstance(node.func, ast.Attribute) and not of_module:
            yield lambda n: n.func.value  # type: ignore[attr-defined]
        elif node.args:
            yield lambda n: n.args[0]  # type: ignore[attr-defined]
    for index in range(len(node.keywords)):
        yield lambda n, i=index: _set(n, keywords=n.keywords[:i] + n.keywords[i + 1 :])  # type: ignore[misc]
    if len(node.args) == 2 and name not in ("isinstance", "super", "register_buffer"):
        yield lambda n: _set(n, args=n.args[::-1])  # type: ignore[attr-defined]


def _with(**fields: object) -> Change:
    return lambda node: _set(node, **fields)


def _kept(part: ast.AST) -> Change:
    return lambda node: copy.deepcopy(part)


def _set(node: ast.AST, **fields: object) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _method(value: ast.expr, name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(value, name, ast.Load()), list(args), [])


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _number(value: float) -> ast.expr:
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _replaced(tree: ast.AST, place: ast.AST, new: ast.AST | None) -> str:
    """Puts `new` where `place` stands in the tree; what it reads like."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is place:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(each is place for each in value):
                setattr(parent, name, [new if each is place else each for each in value])
    if isinstance(new, ast.If):
        return f"if {_brief(new.test)}"
    return _brief(new) if new else ""


def _brief(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 60 else text[:57] + "..."
