"""Counterfactuals beside the factual scenario as a folder of files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from alliance_sim import provenance
from alliance_sim.files import writable_folder, write_text, write_whole
from alliance_sim.plots.contrast import contrast_figure
from alliance_sim.plots.origin import origin_of, save_png
from alliance_sim.provenance import file_digest

if TYPE_CHECKING:
    from alliance_sim.comparison.scenarios import Contrasts


def write_contrasts(
    contrasts: Contrasts, *, out: str | os.PathLike[str], command: str
) -> dict[str, str]:
    """Write the figure, the table of effects and a manifest; return names and paths.

    Args:
        contrasts: Counterfactual scenarios beside the factual one.
        out: The folder, made if need be.
        command: The command line that makes the files again.

    Raises:
        SettingError: If the folder or a file in it cannot be written.
    """
    folder = writable_folder(out)
    factual, others = contrasts.factual, contrasts.others
    figure = contrast_figure(factual, others, edited=contrasts.touched)
    origin = origin_of(factual, command=command, others=tuple(others.values()))
    path = folder / "contrasts.png"
    write_whole(path, lambda part: save_png(figure, part, origin=origin))
    write_text(folder / "contrasts.csv", contrasts.table.to_csv(index=False, lineterminator="\n"))
    written = ["contrasts.png", "contrasts.csv"]
    manifest = {
        "scenario": factual.scenario,
        "digest": factual.digest,
        "others": {title: other.digest for title, other in others.items()},
        "seed": factual.seed,
        "runs": factual.runs,
        "command": command,
        "environment": provenance.environment(),
        "files": {name: file_digest(folder / name) for name in written},
    }
    write_text(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return {name: str(folder / name) for name in [*written, "manifest.json"]}
