"""Figure files that carry what is needed to make them again."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import matplotlib.style

from alliance_sim.errors import ResultError
from alliance_sim.plots.style import DPI, SETTINGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alliance_sim.results import Ensemble

KEY = "alliance_sim"


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from.

    Attributes:
        scenario: Name of the scenario.
        digest: SHA-256 of its content.
        seed: The seed.
        runs: Number of runs.
        first_run: Number of the first run.
        version: Version of this package.
        command: The command line that makes the figure again.
        others: Name and digest of every other scenario in the figure.
    """

    scenario: str
    digest: str
    seed: int
    runs: int
    first_run: int
    version: str
    command: str
    others: tuple[tuple[str, str], ...] = ()


def origin_of(ensemble: Ensemble, *, command: str, others: tuple[Ensemble, ...] = ()) -> Origin:
    """Return the origin of a figure drawn from an ensemble.

    Args:
        ensemble: The ensemble, or the factual one of several.
        command: The command line that makes the figure again.
        others: The other ensembles in the figure.
    """
    return Origin(
        scenario=ensemble.scenario,
        digest=ensemble.digest,
        seed=ensemble.seed,
        runs=ensemble.runs,
        first_run=ensemble.first_run,
        version=ensemble.versions.get("alliance-sim", "unknown"),
        command=command,
        others=tuple((other.scenario, other.digest) for other in others),
    )


def save_png(
    figure: Figure, path: str | os.PathLike[str], *, origin: Origin, title: str = ""
) -> None:
    """Write a figure as PNG with its origin inside; the bytes hold no date and no version of tools.

    Args:
        figure: The figure.
        path: The file.
        origin: Where it comes from.
        title: What it shows, for programs that list titles; left out if empty.
    """
    words = {
        "Title": title,
        "Description": f"{origin.scenario}, {origin.runs} runs, seed {origin.seed}",
        KEY: json.dumps(asdict(origin), sort_keys=True),
    }
    metadata: dict[str, str | None] = {key: text for key, text in words.items() if text}
    with matplotlib.style.context(["default", SETTINGS]):
        figure.savefig(path, format="png", dpi=DPI, metadata={**metadata, "Software": None})


def read_origin(path: str | os.PathLike[str]) -> Origin:
    """Return the origin that `save_png` wrote into a figure file.

    Raises:
        ResultError: If the file cannot be read, or holds none.
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            image.load()
            texts = dict(image.info)
    except (OSError, SyntaxError) as error:
        raise ResultError(f"{os.fspath(path)}: cannot be read as a figure: {error}") from error
    if KEY not in texts:
        raise ResultError(f"{os.fspath(path)}: is a picture, but not one saved by this package")
    found = json.loads(texts[KEY])
    found["others"] = tuple((name, digest) for name, digest in found["others"])
    return Origin(**found)
