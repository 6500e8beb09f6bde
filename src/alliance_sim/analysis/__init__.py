"""Statistics of sweeps, and the libraries for them that only some installations have."""

from __future__ import annotations

import importlib
import logging
import warnings
from typing import Any

from alliance_sim.errors import AllianceSimError

PURPOSES = {"SALib": "sensitivity analysis", "ema_workbench": "scenario discovery"}

log = logging.getLogger(__name__)


class MissingExtra(AllianceSimError):  # noqa: N818 - reads better in a traceback
    """A library that an analysis needs is not installed."""


def loaded(module: str) -> Any:
    """Return a module of a library that only some installations have.

    Raises:
        MissingExtra: If the library is not installed.
    """
    log.debug("loading what is needed for %s", PURPOSES[module.partition(".")[0]])
    try:
        with warnings.catch_warnings():
            # EMA Workbench says on import that optional parts of it are not there.
            warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning)
            warnings.filterwarnings("ignore", "altair based interactive", ImportWarning)
            return importlib.import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        raise MissingExtra(
            f"{PURPOSES[library]} needs {library}, which cannot be loaded ({error}). Install it "
            "with: pip install 'alliance-sim[analysis]'"
        ) from error
