"""A function that is compiled: as the package brings it, else by Numba."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from alliance_sim.compiled import objects
from alliance_sim.compiled.objects import Loaded

log = logging.getLogger(__name__)
PATIENCE = 120.0  # seconds for a trial, which takes about two
TRIAL = """
import importlib, sys
module, _, name = sys.argv[1].partition(":")
sys.exit(not getattr(importlib.import_module(module), name).gives_right_numbers())
"""


class Compiled:
    """A function that is made ready when first called, for the types of that call and no others.

    Attributes:
        place: Where what Numba compiled is kept, without an ending; else None.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        sources: Callable[[], str],
        check: Callable[[Callable[..., Any]], bool],
        home: str = "",
        takes: str = "about a minute",
    ) -> None:
        """Remember the function.

        Args:
            function: What to compile.
            sources: Gives a digest of all sources that it is made of.
            check: Told a function compiled here, says whether it gives what it should.
            home: "module:name" of this object, for a function that comes with the package: there
                another process finds it, to try it out.
            takes: How long Numba works on it, for whoever has to wait.
        """
        self.function = function
        self._sources = sources
        self._check = check
        self._home = home
        self._takes = takes
        self.place: Path | None = None
        self._dispatcher: Any = None
        self._once = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:
        """Call the compiled function.

        Raises:
            EngineError: If there is no compiler where one is needed, or if it makes mistakes.
        """
        if self._dispatcher is None:
            with self._once:
                if self._dispatcher is None:
                    self._dispatcher = self._shipped() or self._jitted(arguments)
        return self._dispatcher(*arguments)

    def _jitted(self, arguments: tuple[Any, ...]) -> Any:
        """Return the function compiled by Numba, which is loaded only for that."""
        jit = import_module("alliance_sim.compiled.jit")
        made = jit.Jitted(self.function, self._sources, self._check, takes=self._takes)
        dispatcher = made.ready(arguments)
        self.place = made.place
        return dispatcher

    def _shipped(self) -> Callable[..., None] | None:
        """Return the function as the package brings it, None if nothing of that is to be used."""
        name = self.function.__name__
        while self._home and (code := objects.loaded()) is not None:
            if code.trusted or objects.tried_before(code, name):
                return code.function(name)
            if self._passes(code):
                objects.remember_tried(code, name)
                return code.function(name)
            log.warning("The machine code for %s gives other numbers here: not used", code.name)
            objects.refuse(code)
        return None

    def _passes(self, code: Loaded) -> bool:
        """Whether code that never ran on such a machine runs here, and gives the right numbers.

        An object is tried in another process, which it cannot take along if it crashes.
        """
        if code.name not in objects.TARGETS:
            return self._check(code.function(self.function.__name__))
        if not sys.executable:
            return False
        command = [sys.executable, "-c", TRIAL, self._home]
        try:
            done = subprocess.run(  # noqa: S603 - this very Python
                command, capture_output=True, check=False, timeout=PATIENCE
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0

    def gives_right_numbers(self) -> bool:
        """Whether the code that comes with the package does what it should; for trials."""
        code = objects.loaded()
        return code is not None and self._check(code.function(self.function.__name__))
