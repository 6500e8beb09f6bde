"""Libraries that only some installations have, loaded when they are needed."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

from alliance_sim.errors import AllianceSimError


class MissingExtra(AllianceSimError):  # noqa: N818 - reads better in a traceback
    """A library that an analysis needs is not installed."""


def analyser(name: str) -> Any:
    """Return one of SALib's analysers, such as "sobol".

    Raises:
        MissingExtra: If SALib is not installed.
    """
    return _loaded(f"SALib.analyze.{name}", "sensitivity analysis")


def discoverer(name: str) -> Any:
    """Return one of EMA Workbench's algorithms, "prim" or "cart".

    Raises:
        MissingExtra: If EMA Workbench is not installed.
    """
    return _loaded(f"ema_workbench.analysis.{name}", "scenario discovery")


def _loaded(module: str, purpose: str) -> Any:
    try:
        with warnings.catch_warnings():
            # EMA Workbench says on import that optional parts of it are not there.
            warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning)
            warnings.filterwarnings("ignore", "altair based interactive", ImportWarning)
            return importlib.import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        raise MissingExtra(
            f"{purpose} needs {library}, which cannot be loaded ({error}). Install it with: "
            "pip install 'alliance-sim[analysis]'"
        ) from error
