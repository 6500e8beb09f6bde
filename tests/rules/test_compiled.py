"""Every rule gives the same bits in machine code as in plain Python."""

import importlib
import inspect
import pkgutil
import random
import struct
import typing
from collections.abc import Callable
from typing import Any

import pytest

import alliance_sim.rules
from alliance_sim import arithmetic, compiled, noise
from alliance_sim.compiled import decorator

ROOMS = {
    *(
        f"alliance_sim.rules.{room.name}"
        for room in pkgutil.iter_modules(alliance_sim.rules.__path__)
    ),
    *(arithmetic.__name__, noise.__name__),
}
for name in sorted(ROOMS):
    importlib.import_module(name)
RULES = tuple(rule for rule in compiled.rules() if rule.__module__ in ROOMS)
SAMPLES = 400
EDGES = (0.0, 1.0, 0.5, 2.0**-33, 1.0 - 2.0**-33, 1e-12, 0.1, 2.0, 24.0)
FEWEST = 100  # samples that must be inside a rule's domain
DEGREES = 8  # coefficients of the polynomials that rules add up


def sample(annotation: Any, chance: random.Random) -> Any:
    """Return a value of an annotated type, in the ranges that rules work in and at their edges."""
    if annotation in {bool, int}:
        return annotation(chance.randrange(4))
    if annotation is float:
        kind = chance.random()
        if kind < 0.2:
            return chance.choice(EDGES)
        return chance.random() if kind < 0.7 else chance.uniform(-8.0, 8.0)
    if annotation is Any:
        return chance.getrandbits(32)
    if typing.get_origin(annotation) is tuple:
        parts = typing.get_args(annotation)
        if parts[-1] is ...:  # a polynomial's coefficients
            parts = parts[:1] * DEGREES
        return tuple(sample(part, chance) for part in parts)
    fields = typing.get_type_hints(annotation)
    return annotation(*(sample(fields[field], chance) for field in annotation._fields))


def arguments(rule: Callable[..., Any], chance: random.Random) -> tuple[Any, ...]:
    hints = typing.get_type_hints(rule)
    return tuple(sample(hints[name], chance) for name in inspect.signature(rule).parameters)


def bits(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(bits(part) for part in value)
    return struct.pack("<d", value) if isinstance(value, float) else int(value)


def place(rule: Callable[..., Any]) -> str:
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"


@pytest.mark.parametrize("rule", RULES, ids=place)
def test_a_rule_gives_the_same_bits_in_machine_code(rule: Callable[..., Any]) -> None:
    import numba

    compiled.enable()

    def call(*given: Any) -> Any:
        return rule(*given)

    machine = numba.njit(call)
    chance = random.Random(place(rule))
    compared = 0
    for _ in range(SAMPLES):
        given = arguments(rule, chance)
        try:
            plain = rule(*given)
        except (ZeroDivisionError, ValueError):
            continue  # outside the rule's domain: Python raises where a processor gives infinity
        assert bits(machine(*given)) == bits(plain), given
        compared += 1
    assert compared >= FEWEST


@pytest.mark.parametrize("rule", RULES, ids=place)
def test_a_rule_says_the_type_of_all_it_takes_and_returns(rule: Callable[..., Any]) -> None:
    hints = typing.get_type_hints(rule)
    assert set(hints) == {*inspect.signature(rule).parameters, "return"}


def test_no_rule_is_left_out() -> None:
    named = {
        f"{place(function)}"
        for room in (importlib.import_module(name) for name in ROOMS)
        for _, function in inspect.getmembers(room, inspect.isfunction)
        if function.__module__ == room.__name__ and "@rule" in inspect.getsource(function)
    }
    assert {place(rule) for rule in RULES} == named
    assert len(RULES) == len(named)


def test_enabling_twice_is_enabling_once() -> None:
    compiled.enable()
    before = len(decorator._compilers)
    compiled.enable()
    assert len(decorator._compilers) == before == 1
