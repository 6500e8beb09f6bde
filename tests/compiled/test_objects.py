"""Machine code that comes with the package: verified, of these very rules, and never in the way."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import simulate
from alliance_sim.compiled import cache, objects
from alliance_sim.compiled.cache import FOLDER
from alliance_sim.compiled.function import Compiled
from alliance_sim.compiled.objects import IR, DamagedError, Loaded, Made
from alliance_sim.engine.kernel import batch
from alliance_sim.engine.kernel.advance import simulate_block
from alliance_sim.engine.kernel.resumable import pieces_as_in_plain_python
from alliance_sim.engine.marks import marks_as_in_plain_python
from alliance_sim.errors import EngineError
from tests.compiled.assembly import CALLED, FUSED, PACKED, READABLE, SINGLE

PACKAGE = objects.PACKAGE
ROOT = Path(__file__).parents[2]
WORLD = "two_islands/baseline"


def usable() -> bool:
    """Whether the package's code was made from the rules as they are."""
    try:
        return objects.is_of_these_rules(objects.read(IR))
    except DamagedError:
        return False


pytestmark = pytest.mark.skipif(
    not usable(), reason="the rules have changed since; engines/make_objects.py --check says so"
)
HERE = objects.targets_here()
some_object = pytest.mark.skipif(not HERE, reason="no object is made for such a machine")

PROGRAM = """
import hashlib, logging, sys
logging.basicConfig(level="INFO", format="%(message)s", stream=sys.stdout)
from alliance_sim import simulate
from alliance_sim.compiled import objects
values = simulate("two_islands/baseline", runs=2, seed=1).values
code = objects.loaded()
print(hashlib.sha256(values.tobytes()).hexdigest(), code and code.name, "numba" in sys.modules)
"""
# Where Numba would compile for a minute, the kernel runs as the Python that it is, which cannot
# multiply words of noise as processors do, and is given numbers in their place.
EDITED = """
import logging, sys
logging.basicConfig(level="INFO", format="%(message)s", stream=sys.stdout)
from alliance_sim import Kernel, load_scenario, simulate
from alliance_sim.compiled import jit
from alliance_sim.engine.own_noise import noise_of_seed
jit.Jitted.ready = lambda self, arguments: print("compiled anew") or self.function
world = load_scenario("two_islands/baseline")
kernel = Kernel(noise=noise_of_seed(world, runs=1, seed=1))
ours = simulate(world, runs=1, seed=1, engine=kernel).values.tobytes()
print(ours == simulate("two_islands/baseline", runs=1, seed=1, engine="mesa").values.tobytes())
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where code is kept during a test, which looks for its own."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "kept"))
    monkeypatch.setattr(objects, "_loaded", [])
    return tmp_path / "kept"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of made code, a copy to be changed."""
    copied = tmp_path / "made"
    shutil.copytree(objects.FOLDER, copied)
    monkeypatch.setattr(objects, "FOLDER", copied)
    return copied


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the package whose files may be edited, with the scenarios beside it."""
    copied = tmp_path / "src" / "alliance_sim"
    sources = ROOT / "src" / "alliance_sim"  # also where the package itself is installed
    shutil.copytree(sources, copied, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return copied


def printed(program: str, package: Path = PACKAGE) -> list[str]:
    """Return the lines that a new process prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def right() -> str:
    """What `PROGRAM` says of the numbers, as plain Python gives them."""
    import hashlib

    values = simulate(WORLD, runs=2, seed=1, engine="mesa").values
    return hashlib.sha256(values.tobytes()).hexdigest()


def as_if(made: Made, folder: Path, name: str, **changes: Any) -> None:
    """Write a file of made code, with some of what it says changed."""
    (folder / name).write_bytes(dataclasses.replace(made, **changes).as_bytes())


@some_object
def test_a_first_run_compiles_nothing_loads_no_compiler_and_keeps_nothing(
    own_folder: Path, right: str
) -> None:
    assert printed(PROGRAM) == [f"{right} {HERE[0]} False"]
    assert own_folder.exists() is not objects.read(f"{HERE[0]}.o").tried


@pytest.mark.parametrize("name", HERE)
def test_each_object_for_this_machine_gives_what_plain_python_gives(name: str) -> None:
    found = objects.read(f"{name}.o")
    assert found.tried or not name.startswith("linux-x86-64")
    loaded = Loaded(found, found.code, name, trusted=True)
    assert batch.fills_as_in_plain_python(loaded.function("fill"))
    assert batch.as_in_plain_python(loaded.function("simulate_block"))
    assert pieces_as_in_plain_python(loaded.function("advance_block"))
    assert marks_as_in_plain_python(loaded.function("mark_acts"))


def test_objects_are_there_for_every_target_and_were_made_at_once() -> None:
    files = {name: objects.read(f"{name}.o") for name in objects.TARGETS}
    ir = objects.read(IR)
    assert {path.name for path in objects.FOLDER.iterdir()} == {IR, *(f"{n}.o" for n in files)}
    for found in files.values():
        assert (found.syntax, found.entries, found.made_with) == (
            *(ir.syntax, ir.entries, ir.made_with),
        )
    assert sum(path.stat().st_size for path in objects.FOLDER.iterdir()) < 1_500_000


@pytest.mark.slow
def test_where_no_object_fits_the_ir_is_finished_once_and_kept(
    monkeypatch: pytest.MonkeyPatch, own_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And what it becomes handles several runs at once, fuses nothing and calls nobody."""
    written = read_while_finished(monkeypatch)
    monkeypatch.setattr(objects, "targets_here", list)
    monkeypatch.setattr(batch, "compiled_fill", anew(batch.compiled_fill))
    monkeypatch.setattr(batch, "compiled_block", anew(batch.compiled_block))
    expected = simulate(WORLD, runs=2, seed=1, engine="mesa").values.tobytes()
    with caplog.at_level("INFO"):
        assert simulate(WORLD, runs=2, seed=1).values.tobytes() == expected
        assert (
            "Finishing the model for this machine (about fifteen seconds; it is kept in"
            in caplog.text
        )
        code = objects.loaded()
        assert code is not None
        assert code.name == "this machine"
        kept = {path.name.partition("-")[0] for path in own_folder.iterdir()}
        assert kept == {"rules", "tried"}
        caplog.clear()
        monkeypatch.setattr(objects, "_loaded", [])
        again = objects.loaded()
        assert again is not None
        assert again.digest == code.digest
        assert objects.tried_before(again, "simulate_block")
        assert caplog.text == ""
    (assembly,) = written
    if READABLE:
        assert len(PACKED.findall(assembly)) > 2 * len(SINGLE.findall(assembly))
        assert FUSED.search(assembly) is None
        assert set(CALLED.findall(assembly)) <= {"simulate_block", "fill"}


def read_while_finished(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where the assembly of whatever is finished for a machine from now on is put."""
    found: list[str] = []
    optimised = objects.optimised

    def read_too(module: Any, machine: Any, *, vectors: bool) -> None:
        optimised(module, machine, vectors=vectors)
        twin = objects.binding().parse_bitcode(module.as_bitcode())
        found.append(str(machine.emit_assembly(twin)))

    monkeypatch.setattr(objects, "optimised", read_too)
    return found


def anew(compiled: Compiled) -> Compiled:
    """Return a compiled function that has not been called yet."""
    return Compiled(
        compiled.function, sources=compiled._sources, check=compiled._check, home=compiled._home
    )


def test_where_nothing_is_left_the_compiler_is_asked(
    made: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(made)
    assert objects.loaded() is None
    block = anew(batch.compiled_block)
    monkeypatch.setattr(block, "_jitted", lambda _: lambda *_: "by Numba")
    assert block() == "by Numba"


def test_a_function_that_does_not_come_with_the_package_is_compiled() -> None:
    assert Compiled(simulate_block, sources=str, check=lambda _: True)._shipped() is None


@pytest.mark.slow
def test_an_edited_rule_is_never_answered_by_old_code_and_that_is_said(checkout: Path) -> None:
    rule = checkout / "rules" / "levels.py"
    text = rule.read_text("utf-8")
    changed = text.replace("    return ", "    return 0.999 * ", 1)
    assert changed != text
    rule.write_text(changed, "utf-8")
    lines = printed(EDITED, checkout)
    assert any("it was made from other rules than those here" in line for line in lines)
    assert lines.count("compiled anew") == 2
    assert lines[-1] == "True"


@some_object
def test_comments_docstrings_and_line_ends_keep_the_code_valid(checkout: Path, right: str) -> None:
    for name in (*objects.MADE_FROM, "rules/levels.py"):
        for path in sorted((checkout / name).rglob("*.py")) or [checkout / name]:
            text = path.read_text("utf-8")
            edited = text.replace('"""', '"""Told otherwise. ', 1) + "\n\n# A remark.\n"
            path.write_bytes(edited.replace("\n", "\r\n").encode())
    assert objects.is_of_these_rules(objects.read(IR), checkout)
    assert printed(PROGRAM, checkout) == [f"{right} {HERE[0]} False"]


def sources() -> list[str]:
    found = (
        path
        for name in objects.MADE_FROM
        for path in sorted((PACKAGE / name).rglob("*.py")) or [PACKAGE / name]
    )
    names = (path.relative_to(PACKAGE).as_posix() for path in found)
    return [name for name in names if name not in objects.NOT_COMPILED]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, for which the code holds; who edits one puts it back."""
    folder = tmp_path_factory.mktemp("sources")
    for source in sources():
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / source, folder / source)
    assert objects.is_of_these_rules(objects.read(IR), folder)
    return folder


@pytest.fixture(scope="module")
def said_once() -> Iterator[None]:
    """Each text of a source is read as Python once: all but the edited one are as they were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "said", lru_cache(maxsize=None)(cache.said))
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("said_once")
@pytest.mark.parametrize("name", sources())
def test_an_edit_of_any_source_makes_the_code_stale(name: str, copied: Path) -> None:
    source = copied / name
    whole = source.read_bytes()
    source.write_bytes(whole + b"\nEDITED = 0.0\n")
    stale = not objects.is_of_these_rules(objects.read(IR), copied)
    source.write_bytes(whole)
    assert stale


def test_a_source_that_is_no_python_makes_the_code_stale(copied: Path) -> None:
    source = copied / sources()[-1]
    whole = source.read_bytes()
    source.write_text("this is no Python", "utf-8")
    stale = not objects.is_of_these_rules(objects.read(IR), copied)
    source.write_bytes(whole)
    assert stale


def test_another_number_sign_or_type_of_number_is_another_syntax(tmp_path: Path) -> None:
    texts = ("x = 1", "x = 1.0", "x = True", "x = -1", "x = None", "x = '1'", "y = 1", "x = (1,)")
    found = set()
    for text in texts:
        (tmp_path / "rule.py").write_text(text, "utf-8")
        found.add(cache.syntax_of(("rule.py",), tmp_path))
    assert len(found) == len(texts)


@pytest.mark.slow
@some_object
def test_an_object_that_never_ran_is_tried_in_another_process_once(
    checkout: Path, right: str, own_folder: Path
) -> None:
    folder = checkout / "compiled" / "made"
    for name in HERE:
        as_if(objects.read(f"{name}.o"), folder, f"{name}.o", tried=False)
    assert printed(PROGRAM, checkout) == [f"{right} {HERE[0]} False"]
    kept = sorted(path.name.partition("-")[0] for path in own_folder.iterdir())
    assert kept == ["tried", "tried"]


def crashing() -> bytes:
    """Return an object whose functions end the process, as wrong machine code may."""
    llvm = objects.binding()
    body = "(ptr %0) { store volatile i8 0, ptr null  unreachable }"
    text = f"define i32 @simulate_block{body}\ndefine i32 @fill{body}\n"
    module = llvm.parse_assembly(text)
    module.triple = llvm.get_process_triple()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    return bytes(machine.emit_object(module))


@pytest.mark.slow
@some_object
def test_an_object_that_crashes_takes_nobody_along(checkout: Path, right: str) -> None:
    folder = checkout / "compiled" / "made"
    good = objects.read(f"{HERE[0]}.o").code
    for name in HERE:
        found = objects.read(f"{name}.o")
        as_if(found, folder, f"{name}.o", code=crashing(), tried=False)
    (checkout.parent / "good").write_bytes(good)  # the IR, finished beforehand
    quick = f"objects.finished = lambda _: open({str(checkout.parent / 'good')!r}, 'rb').read()"
    *told, last = printed(PROGRAM.replace("values =", f"{quick}\nvalues =", 1), checkout)
    assert last == f"{right} this machine False"
    assert told[0] == f"The machine code for {HERE[0]} gives other numbers here: not used"
    assert "Finishing the model for this machine" in told[1]


VALUES = np.arange(4.0)


@pytest.mark.parametrize(
    "other",
    [
        np.arange(8.0)[::2],
        np.arange(4),
        np.arange(4.0).astype(np.float32),
        np.ones((2, 2)),
        [0.0, 1.0],
        0.0,
        None,
    ],
    ids=["strided", "whole", "short", "two axes", "a list", "a number", "nothing"],
)
def test_arguments_of_another_kind_are_refused(other: Any) -> None:
    kinds = tuple(objects.kinds_of((VALUES, 1, 0.5)))
    assert kinds == ("float64:1:rw", "int", "float")
    with pytest.raises(TypeError, match="a compiled function takes float64:1:rw, not"):
        objects.words_of((other, 1, 0.5), kinds)


def test_arrays_by_columns_too_few_and_too_many_arguments_are_refused() -> None:
    square = np.ones((3, 3))
    kinds = tuple(objects.kinds_of((square, 1)))
    for wrong in ((np.asfortranarray(square), 1), (square,), (square, 1, 1), (square, 1.0)):
        with pytest.raises(TypeError):
            objects.words_of(wrong, kinds)
    objects.words_of((square, 1), kinds)


def test_arrays_that_cannot_be_written_to_are_refused_where_they_would_be() -> None:
    fixed = np.arange(4.0)
    fixed.setflags(write=False)
    with pytest.raises(TypeError, match="takes float64:1:rw, not float64:1:r"):
        objects.words_of((fixed,), ("float64:1:rw",))
    objects.words_of((VALUES,), ("float64:1:r",))


def test_numbers_and_arrays_become_words() -> None:
    words = objects.words_of(((1, 2), (VALUES, 0.5)), ("int", "int", "float64:1:rw", "float"))
    assert list(words[:2]) == [1, 2]
    assert list(words[2:9]) == [0, 0, 4, 8, VALUES.ctypes.data, 4, 8]
    assert words[9] == 0x3FE0000000000000


@some_object
def test_a_function_that_ends_with_a_status_is_an_error() -> None:
    llvm = objects.binding()
    module = llvm.parse_assembly("define i32 @fails(ptr %0) { ret i32 1 }")
    module.triple = llvm.get_process_triple()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    found = dataclasses.replace(objects.read(IR), entries={"fails": "int"})
    loaded = Loaded(found, bytes(machine.emit_object(module)), "this machine", trusted=True)
    with pytest.raises(EngineError, match="ended with status 1"):
        loaded.function("fails")(1)
    with pytest.raises(RuntimeError, match="no function 'other'"):
        loaded.function("other")


def cut(content: bytes) -> bytes:
    return content[:-1]


def another_format(content: bytes) -> bytes:
    return content.replace(b"made code 1", b"made code 2", 1)


def of_another_digest(content: bytes) -> bytes:
    head, digest, rest = content.split(b"\n", 2)
    return b"\n".join([head, digest[::-1], rest])


def claimed(content: bytes) -> bytes:
    return content.replace(b'"tried": false', b'"tried": true ', 1)


@pytest.mark.parametrize("change", [cut, another_format, of_another_digest, claimed])
def test_a_file_that_is_not_as_it_was_written_is_refused(
    change: Callable[[bytes], bytes], made: Path
) -> None:
    content = (made / IR).read_bytes()
    assert change(content) != content
    (made / IR).write_bytes(change(content))
    with pytest.raises(DamagedError, match=r"rules\.ir is damaged"):
        objects.read(IR)


def test_a_whole_file_with_other_content_is_refused(made: Path) -> None:
    import hashlib

    for rest in (b"", b"[]\n", b"{}\nx", b'{"a": 1}\n' + (made / IR).read_bytes()[-100:]):
        digest = hashlib.sha256(rest).hexdigest().encode()
        (made / IR).write_bytes(objects.HEAD + digest + b"\n" + rest)
        with pytest.raises(DamagedError, match=r"rules\.ir is of another version"):
            objects.read(IR)
