"""Rules stay inside the part of Python that means the same in every engine, to the last bit.

What is refused, and why, was measured: powers and `sum` round differently from one engine to the
next, NumPy and the C library from one machine to the next, and lists, texts and exceptions need a
runtime that a web page does not have.
"""

import ast
import importlib
import inspect
import math
import pkgutil
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

import alliance_sim.rules
from alliance_sim import arithmetic, compiled, noise
from alliance_sim.compiled import bits_to_float, float_to_bits, high32, low32
from alliance_sim.counterfactual import thin_rules
from alliance_sim.rules.council import accepts
from alliance_sim.world import coefficients, fill, settle

ROOMS = (
    *(
        importlib.import_module(f"alliance_sim.rules.{found.name}")
        for found in pkgutil.iter_modules(alliance_sim.rules.__path__)
    ),
    thin_rules,  # counts of an edited world
)
BIT_ROOMS = (arithmetic, noise)
ARRAY_ROOMS = (settle, fill)  # they also read and write flat arrays, entry by entry
NAMED_ROOMS = (coefficients,)  # they read numbers out of nested tables and put them together
ALL_ROOMS = (*ROOMS, *BIT_ROOMS, *ARRAY_ROOMS, *NAMED_ROOMS)
RULES = tuple(rule for rule in compiled.rules() if inspect.getmodule(rule) in ALL_ROOMS)
PRIMITIVES = (float_to_bits, bits_to_float, high32, low32)
TWO_AT_A_TIME = ("min", "max")
STATEMENTS = (ast.Assign, ast.AugAssign, ast.If, ast.For, ast.While, ast.Return)
VALUES = (
    *(ast.Name, ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare),
    *(ast.IfExp, ast.Call, ast.Attribute, ast.Subscript),
)
MARKS = (
    *(ast.Load, ast.Store, ast.USub, ast.Not, ast.And, ast.Or),
    *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
BIT_OPERATIONS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)


class Checker:
    """Everything in one rule that lies outside the subset."""

    def __init__(
        self,
        source: str,
        scope: Mapping[str, object],
        *,
        bits: bool = False,
        arrays: bool = False,
        named: bool = False,
    ) -> None:
        """Read a rule.

        Args:
            source: Its source text, decorator included.
            scope: The names of its module.
            bits: Whether it may work on bits.
            arrays: Whether it may read and write entries of arrays that its arguments hold, and
                call what only does that.
            named: Whether it may read fields of fields of `Values` and make named tuples.
        """
        (self.rule,) = ast.parse(textwrap.dedent(source)).body
        self.scope = scope
        self.bits = bits
        self.arrays = arrays
        self.named = named

    def refusals(self) -> list[str]:
        """Return one line for each thing that is refused."""
        rule = self.rule
        if not isinstance(rule, ast.FunctionDef):
            return ["is not a plain function"]
        given = rule.args
        self.parameters = {a.arg: a.annotation for a in given.args}
        stored = (n for n in ast.walk(rule) if isinstance(n, ast.Name))
        self.locals = set(self.parameters) | {
            name.id for name in stored if isinstance(name.ctx, ast.Store)
        }
        found = [f"shadows {name}" for name in sorted(self.locals & {*TWO_AT_A_TIME, "int"})]
        if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs or given.defaults:
            found.append("takes other than plain positional arguments")
        if [ast.unparse(d) for d in rule.decorator_list] != ["rule"]:
            found.append("has other decorators than @rule")
        body = rule.body[1:] if ast.get_docstring(rule) is not None else rule.body
        for statement in body:
            found += self.statement(statement)
        return found

    def statement(self, node: ast.stmt) -> Iterator[str]:
        """Yield what is refused in a statement and in those inside it."""
        if self.arrays and isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from self.call(node.value)
            return
        if not isinstance(node, STATEMENTS):
            yield f"{type(node).__name__}: {ast.unparse(node)}"
            return
        if isinstance(node, ast.For):
            yield from self.bounded(node)
        for name, value in ast.iter_fields(node):
            if isinstance(node, ast.For) and name == "iter":
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.stmt):
                    yield from self.statement(part)
                elif isinstance(part, ast.AST):
                    yield from self.value(part)

    def bounded(self, node: ast.For) -> Iterator[str]:
        """Yield a refusal unless the loop runs over the range of one number."""
        match node.iter:
            case ast.Call(func=ast.Name(id="range"), args=[bound], keywords=[]):
                yield from self.value(bound)
            case _:
                yield f"For over {ast.unparse(node.iter)}"

    def value(self, node: ast.AST) -> Iterator[str]:
        """Yield what is refused in an expression and in those inside it."""
        if isinstance(node, ast.operator):
            if not isinstance(node, ARITHMETIC + (BIT_OPERATIONS if self.bits else ())):
                yield f"operator {type(node).__name__}"
            return
        if not isinstance(node, VALUES + MARKS):
            yield f"{type(node).__name__}: {ast.unparse(node) or type(node).__name__}"
            return
        match node:
            case ast.Constant(value=value) if type(value) not in (int, float):
                yield f"constant {value!r}"
            case ast.Name(id=name, ctx=ast.Load()) if name not in self.locals:
                if not constant(self.scope.get(name)):
                    yield f"name {name}, which is neither local nor constant numbers"
            case ast.Attribute():
                yield from self.attribute(node)
                return
            case ast.Subscript():
                yield from self.subscript(node)
                return
            case ast.Call():
                yield from self.call(node)
                return
        for child in ast.iter_child_nodes(node):
            yield from self.value(child)

    def attribute(self, node: ast.Attribute) -> Iterator[str]:
        """Yield a refusal unless it reads a field of a NamedTuple argument."""
        if self.named and isinstance(node.ctx, ast.Load) and self.of_values(node):
            return
        annotation = (
            self.parameters.get(node.value.id) if isinstance(node.value, ast.Name) else None
        )
        kind = self.scope.get(annotation.id) if isinstance(annotation, ast.Name) else None
        fields = getattr(kind, "_fields", ())
        if node.attr not in fields or not isinstance(node.ctx, ast.Load):
            yield f"attribute {ast.unparse(node)}"

    def of_values(self, node: ast.expr) -> bool:
        """Whether an expression is an argument of kind `Values`, or fields of one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        kind = self.parameters.get(node.id) if isinstance(node, ast.Name) else None
        return isinstance(kind, ast.Name) and kind.id == "Values"

    def subscript(self, node: ast.Subscript) -> Iterator[str]:
        """Yield a refusal unless it reads one entry of a tuple by a constant position."""
        if self.arrays and isinstance(node.value, ast.Attribute | ast.Name):
            yield from self.value(node.value)
            yield from self.value(node.slice)
            return
        by_constant = isinstance(node.slice, ast.Constant) and type(node.slice.value) is int
        if not by_constant or not isinstance(node.ctx, ast.Load):
            yield f"index {ast.unparse(node)}"
        yield from self.value(node.value)

    def call(self, node: ast.Call) -> Iterator[str]:
        """Yield a refusal unless another rule, `sqrt`, `int`, `min` or `max` is called."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        called = None if name in self.locals else self.scope.get(name)
        if self.named and isinstance(called, type) and issubclass(called, tuple):
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from self.value(part)
            return
        plain = not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args)
        own = isinstance(self.rule, ast.FunctionDef) and name == self.rule.name
        builtin = name and name not in self.locals and name not in self.scope
        allowed = (
            (called in compiled.rules() and not own)
            or called is math.sqrt
            or (self.bits and called in PRIMITIVES)
            or (builtin and name == "int" and len(node.args) == 1)
            or (builtin and name in TWO_AT_A_TIME and len(node.args) == 2)
        )
        if not (allowed and plain):
            yield f"call {ast.unparse(node)}"
        for argument in node.args:
            yield from self.value(argument)


def constant(value: object) -> bool:
    """Whether a name of a module stands for a number, or for floats in a tuple."""
    if isinstance(value, tuple):
        return value != () and all(type(part) is float for part in value)
    return type(value) in (int, float)


def place(rule: Callable[..., Any]) -> str:
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"


@pytest.mark.parametrize("rule", RULES, ids=place)
def test_a_rule_stays_inside_the_subset(rule: types.FunctionType) -> None:
    room = inspect.getmodule(rule)
    checker = Checker(
        inspect.getsource(rule),
        rule.__globals__,
        bits=room in BIT_ROOMS,
        arrays=room in ARRAY_ROOMS,
        named=room in NAMED_ROOMS,
    )
    assert checker.refusals() == []


@pytest.mark.parametrize(
    "room", [*ROOMS, *ARRAY_ROOMS, arithmetic], ids=lambda room: str(room.__name__)
)
def test_every_function_among_the_rules_is_a_rule(room: types.ModuleType) -> None:
    functions = {
        n for n, f in inspect.getmembers(room, inspect.isfunction) if f.__module__ == room.__name__
    }
    assert functions == {rule.__name__ for rule in RULES if rule.__module__ == room.__name__}


def test_there_are_rules_to_check() -> None:
    assert noise.philox in RULES
    assert {inspect.getmodule(rule) for rule in RULES} == set(ALL_ROOMS)


class Pair(NamedTuple):
    """Two numbers for the checker to look at."""

    first: float
    second: float


def not_a_rule(x: float) -> float:
    return x


SCOPE: dict[str, object] = {
    "math": math,
    "np": np,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "Pair": Pair,
    "accepts": accepts,
    "not_a_rule": not_a_rule,
    "high32": high32,
    "exp": arithmetic.exp,
    "f": accepts,
    "HALF": 0.5,
    "WORDS": "half",
    "NUMBERS": [0.5],
    "COEFFICIENTS": (0.5, 0.25),
    "MIXED": (0.5, "half"),
    "WHOLE": (1, 2),
    "EMPTY": (),
    "YES": True,
}
REFUSED = {
    "power": "x ** 2.0",
    "math.exp": "math.exp(x)",
    "library function": "sin(x)",
    "sum": "sum((x, y))",
    "remainder": "x % y",
    "floor division": "x // y",
    "list": "[x, y][0]",
    "slice": "(x, y)[0:1]",
    "variable index": "(x, y)[i]",
    "list comprehension": "[a for a in (x, y)]",
    "generator": "(a for a in (x, y))",
    "NumPy": "np.sqrt(x)",
    "array": "np.array(x)",
    "formatted text": 'f"{x}"',
    "text": '"x"',
    "no value": "None",
    "truth value": "True",
    "complex number": "1j",
    "not a rule": "not_a_rule(x)",
    "builtin": "abs(x)",
    "rounding": "round(x)",
    "float from text": "float(x)",
    "three at a time": "max(x, y, z)",
    "one at a time": "max(p)",
    "keyword": "exp(x=x)",
    "starred": "exp(*p)",
    "itself": "f(x, y, z, i, p)",
    "method": "p._replace(first=x)",
    "unknown field": "p.third",
    "attribute of a number": "x.real",
    "module attribute": "math.pi",
    "list constant": "NUMBERS",
    "mixed constants": "MIXED[0]",
    "whole constants": "WHOLE[0]",
    "no constants": "EMPTY",
    "variable place among constants": "COEFFICIENTS[i]",
    "text constant": "WORDS",
    "truth constant": "YES",
    "unknown name": "NOWHERE",
    "bits outside their room": "i & 1",
    "shift outside its room": "i << 1",
    "primitive outside its room": "high32(i, i)",
    "unary inversion": "~i",
    "membership": "x in (x, y)",
    "identity": "x is y",
    "matrix product": "x @ y",
    "walrus": "(a := x)",
    "lambda": "(lambda a: a)(x)",
    "dictionary": "{x: y}[x]",
    "set": "{x, y}",
    "yield": "(yield x)",
}
REFUSED_STATEMENTS = {
    "print": "print(x)\nreturn x",
    "exception": "try:\n    return x / y\nexcept ZeroDivisionError:\n    return x",
    "raise": "raise ValueError",
    "assert": "assert x > 0.0\nreturn x",
    "import": "import math\nreturn x",
    "global": "global HALF\nreturn HALF",
    "with": "with p:\n    return x",
    "inner function": "def g(a):\n    return a\nreturn x",
    "class": "class G:\n    pass\nreturn x",
    "delete": "a = x\ndel a\nreturn x",
    "loop over a tuple": "a = 0.0\nfor b in (x, y):\n    a = a + b\nreturn a",
    "loop from and to": "a = 0.0\nfor b in range(1, 3):\n    a = a + b\nreturn a",
    "power in place": "a = x\na **= 2.0\nreturn a",
    "write to an entry": "p[0] = x\nreturn x",
    "write to a field": "p.first = x\nreturn x",
    "shadowed builtin": "max = exp\nreturn x",
    "lonely value": "x + y\nreturn x",
    "match": "match i:\n    case 1:\n        return x\nreturn y",
}
ALLOWED = {
    "arithmetic": "return (x + y) * z / (x - 2.0) - -HALF",
    "choice": "return x if x < y <= z and not x == y or i != 3 else max(x, min(y, z))",
    "branches": "if x > y:\n    return x\nelif x > z:\n    a = y\nelse:\n    a = z\nreturn a",
    "loop": "a = 0.0\nfor _ in range(3):\n    a += exp(x)\nreturn a",
    "while": "a = x\nwhile a < 1.0:\n    a = a + 1.0\nreturn a",
    "tuples": "a, b = x, y\nt = (a, b)\nreturn t[0] + p.second + p[1]",
    "constants": "return COEFFICIENTS[0] + COEFFICIENTS[1] * HALF",
    "calls": "return accepts(sqrt(x), y, z, x) + int(x)",
}


def written(body: str) -> str:
    head = "@rule\ndef f(x: float, y: float, z: float, i: int, p: Pair) -> float:\n"
    return head + '    """Return something."""\n' + textwrap.indent(body, "    ") + "\n"


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_the_checker_refuses_a_value(value: str) -> None:
    assert Checker(written(f"return {value}"), SCOPE).refusals() != []


@pytest.mark.parametrize("body", REFUSED_STATEMENTS.values(), ids=REFUSED_STATEMENTS)
def test_the_checker_refuses_a_statement(body: str) -> None:
    assert Checker(written(body), SCOPE).refusals() != []


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED)
def test_the_checker_lets_the_subset_through(body: str) -> None:
    assert Checker(written(body), SCOPE).refusals() == []


ENTRIES = {
    "read": "return p.first[i + 1]",
    "write": "p.first[i] = p.second[i] * x\nreturn x",
    "call for what it writes": "accepts(x, y, z, x)\nreturn x",
}


@pytest.mark.parametrize("body", ENTRIES.values(), ids=ENTRIES)
def test_the_checker_lets_entries_of_arrays_through_where_they_belong(body: str) -> None:
    assert Checker(written(body), SCOPE, arrays=True).refusals() == []
    assert Checker(written(body), SCOPE).refusals() != []


@pytest.mark.parametrize("value", ["v.domestic.win_set.political", "Pair(x, second=v.motives)"])
def test_the_checker_lets_named_numbers_through_where_they_belong(value: str) -> None:
    source = f"@rule\ndef f(x: float, v: Values) -> float:\n    return {value}\n"
    assert Checker(source, SCOPE, named=True).refusals() == []
    assert Checker(source, SCOPE).refusals() != []


@pytest.mark.parametrize("value", [*REFUSED.values(), "p.third[i]", "p.first[0:1]", "x[i].real"])
def test_arrays_let_nothing_else_through(value: str) -> None:
    if "[i]" not in value or value in ("p.third[i]", "x[i].real"):
        assert Checker(written(f"return {value}"), SCOPE, arrays=True).refusals() != []


@pytest.mark.parametrize("value", ["i & 1", "i >> 1 | 2 ^ i << 3", "high32(i, i)"])
def test_the_checker_lets_bits_through_where_they_belong(value: str) -> None:
    assert Checker(written(f"return {value}"), SCOPE, bits=True).refusals() == []


@pytest.mark.parametrize(
    "head",
    [
        "@rule\ndef f(x=1.0):",
        "@rule\ndef f(*x):",
        "@rule\ndef f(**x):",
        "@rule\ndef f(*, x):",
        "@rule\n@cache\ndef f(x):",
        "def f(x):",
        "@rule\nasync def f(x):",
    ],
)
def test_the_checker_refuses_a_head(head: str) -> None:
    assert Checker(f"{head}\n    return 1.0\n", SCOPE).refusals() != []
