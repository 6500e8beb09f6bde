"""Ask beforehand what a page of the lab is likely to be asked, and keep what `whatif` tried.

    python -m engines.make_checks

writes `src/alliance_sim/results/checks`, from which `payload` takes what comes along. It is made
again where the scenario, the draws or those of other readings of the record have changed; three
minutes of CPU. What is done is kept, and the same command goes on.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from alliance_sim import load_scenario, provenance
from alliance_sim.counterfactual.all_twins import Pasts
from alliance_sim.counterfactual.answering import answered
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.counterfactual.question import ask
from alliance_sim.counterfactual.stored_checks import (
    FOLDER,
    StoredCheck,
    StoredChecks,
    digests,
    load_checks,
)
from alliance_sim.lab.beforehand import likely_questions
from alliance_sim.lab.payload import offered
from alliance_sim.record.named import named_record
from alliance_sim.results.draws import USUAL
from alliance_sim.results.sealed import ENDING
from alliance_sim.scenario import Scenario
from alliance_sim.shipped import usual_scenario

HOME = Path(__file__).parents[1] / "src" / "alliance_sim" / "results" / FOLDER
UNIFORMS, SEED = 4, 1  # what the page begins with
MOST_BYTES = 2**30  # of histories that are kept for the next question
COMMAND = "python -m engines.make_checks"


def begun(base: Scenario, posteriors: Posteriors, under_way: Path) -> StoredChecks:
    """Return what was done before of the same scenario and draws; else nothing of it."""
    empty = StoredChecks(
        scenario=provenance.scenario_digest(base),
        draws=digests(posteriors),
        theory=posteriors.main.theory,
        uniforms=UNIFORMS,
        seed=SEED,
        command=COMMAND,
        checks=(),
    )
    if not under_way.exists():
        return empty
    found = load_checks(under_way)
    same = (found.uniforms, found.seed) == (UNIFORMS, SEED)
    still = same and not list(found.stale(base, posteriors))
    return replace(empty, checks=found.checks) if still else empty


def made(base: Scenario, posteriors: Posteriors, under_way: Path) -> StoredChecks:
    """Return what was tried of all questions, from wherever the file stands.

    Args:
        base: The factual scenario.
        posteriors: The draws that ship for it.
        under_way: Keeps what is done, question by question.
    """
    done, pasts = begun(base, posteriors, under_way), Pasts(MOST_BYTES)
    questions = likely_questions(base, offered(base)[0])
    for number, (edits, outcome) in enumerate(questions, 1):
        one = done.of(edits, outcome)
        if one is None:
            question = ask(base, edits, outcome)
            answer = answered(question, posteriors, uniforms=UNIFORMS, seed=SEED, pasts=pasts)
            one = StoredCheck.of(answer, edits)
            done = replace(done, checks=(*done.checks, one))
            done.save(under_way)
        told = f"{', '.join(edits)}: {outcome}: {one.effect:+.3f}, {one.label}"
        print(f"{number} of {len(questions)}: {told}", flush=True)
    found = (done.of(edits, outcome) for edits, outcome in questions)
    return replace(done, checks=tuple(one for one in found if one is not None))


def main() -> None:
    """Ask all of them, and write the file."""
    base = load_scenario(usual_scenario())
    place = HOME / f"{named_record(base)[1]}{ENDING}"
    parser = argparse.ArgumentParser(description=__doc__)
    under_way = Path("results") / "checks_under_way.npz"
    parser.add_argument("--under-way", type=Path, default=under_way, help="keeps what is done")
    parser.add_argument("--out", type=Path, default=place, help="the file")
    given = parser.parse_args()
    for file in (given.under_way, given.out):
        file.parent.mkdir(parents=True, exist_ok=True)
    made(base, posteriors_of(USUAL, base), given.under_way).save(given.out)


if __name__ == "__main__":
    main()
