"""What does an attribution over eight junctures cost, all conventions and intervals included?

    python benchmarks/attribution.py                    # about a minute
    python benchmarks/attribution.py --junctures 5

The draws that ship, each with as many sets of uniforms as make a thousand histories. CPU seconds
are of this process with all its threads: on two processors that nobody else uses half of them pass.
What is loaded and compiled first is not counted; the first world of a run is.
"""

from __future__ import annotations

import argparse
import os
import time

from alliance_sim import load_scenario
from alliance_sim.calibration import shipped_posterior
from alliance_sim.counterfactual import attribute

BASE, OUTCOME = "japan_nato/baseline", "rung>=8@2014"
NAMES = (
    *("cold_war_ends", "pko_law", "kosovo_war", "nine_eleven", "isaf", "somali_piracy"),
    *("cooperative_security", "senkaku_2012"),
)
HISTORIES, LIMIT = 1_000, 60.0


def main() -> None:
    """Measure once, and print a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--junctures", type=int, default=len(NAMES), help="how many, at most 8")
    given = parser.parse_args()
    base = load_scenario(BASE)
    posterior = shipped_posterior(base)
    if posterior is None:
        raise SystemExit("no draws of a posterior come with the package")
    sets = -(-HISTORIES // len(posterior))
    attribute(base, NAMES[:1], outcome=OUTCOME, posterior=posterior, uniforms=1)  # loads, compiles
    wall, cpu = time.perf_counter(), time.process_time()
    found = attribute(
        base, NAMES[: given.junctures], outcome=OUTCOME, posterior=posterior, uniforms=sets
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"{len(found.players)} junctures, {found.asked} worlds of {found.histories} histories: "
        f"{cpu:.1f} CPU s, {wall:.1f} s on {os.cpu_count()} processors "
        f"(asked: less than {LIMIT:.0f} s on two)"
    )
    print(found.verdict)


if __name__ == "__main__":
    main()
