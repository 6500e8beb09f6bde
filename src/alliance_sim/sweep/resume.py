"""What to do with what stands in a results folder: go on, extend it, or leave it alone."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from alliance_sim import provenance
from alliance_sim.errors import ResultError, SettingError
from alliance_sim.results.outcomes import Outcome
from alliance_sim.sweep.plan import Plan, extended, plan_of
from alliance_sim.sweep.store.metadata import Metadata, Segment
from alliance_sim.sweep.store.writer import ChooseMetadata

WORDS = {"title", "question", "format"}  # of a plan, beside what decides its numbers


def for_sweep(plan: Plan, path: Path) -> ChooseMetadata:
    """Return how to choose the metadata by which a plan is worked off in a folder.

    A new folder takes the plan; a folder that holds it goes on; a folder that holds it with fewer
    replicates or points is extended: old rows stay as they are.

    Raises:
        ResultError: From the function returned, if the folder holds anything else, or numbers of
            another version of this package.
    """

    def choose(old: Metadata | None) -> Metadata:
        if old is None:
            return _metadata(plan, (_whole(plan),), origin=plan.digest)
        same_version(old, path)
        before = plan_of(old, path)
        same_points(old, before, path)
        if old.digest == plan.digest:
            return old
        if grown(before, plan):
            added = _added(before, plan)
            _stay(before, plan, path)
            return _metadata(plan, (*old.segments, *added), origin=old.origin, like=old)
        if grown(plan, before):
            raise ResultError(
                f"{path}: holds this sweep with {before.points:,} points and {before.replicates:,} "
                f"replicates, more than the {plan.points:,} and {plan.replicates:,} asked for; go "
                f"on with: alliance-sim sweep {shlex.quote(str(path))}"
            )
        raise ResultError(
            f"{path}: holds another sweep, {old.title!r}; they differ in "
            f"{', '.join(_differences(before, plan))}. Choose another folder"
        )

    return choose


def for_outcome(of: Metadata, outcome: Outcome, path: Path) -> ChooseMetadata:
    """Return how to choose the metadata for an outcome that is added to a finished sweep.

    Raises:
        ResultError: From the function returned, as above.
    """

    def choose(old: Metadata | None) -> Metadata:
        if old is not None:
            same_version(old, path)
            known = old.segments == of.segments[: len(old.segments)]
            if old.origin != of.origin or not known or old.outcomes != {outcome.name: outcome.text}:
                raise ResultError(f"{path}: does not belong to this sweep; move it elsewhere")
            if old.digest == of.digest:
                return old
        return Metadata(
            title=of.title,
            digest=of.digest,
            points=of.points,
            origin=of.origin,
            segments=of.segments,
            scenarios=of.scenarios,
            outcomes={outcome.name: outcome.text},
            file_rows=of.file_rows,
            group_rows=of.group_rows,
        )

    return choose


def same_version(old: Metadata, path: Path) -> None:
    """Refuse to add numbers of this version to numbers of another.

    Raises:
        ResultError: With what to do instead.
    """
    now = provenance.version()
    if old.version != now:
        raise ResultError(
            f"{path}: was made with alliance-sim {old.version}, this is {now}, and numbers of two "
            f"versions must not be mixed. Go on with that one (pip install "
            f"alliance-sim=={old.version}), or run the sweep again in a new folder: alliance-sim "
            f"sweep {shlex.quote(str(path))} --out NEW"
        )


def enlarged(plan: Plan, *, replicates: int | None = None, points: int | None = None) -> Plan:
    """Return a plan with so many replicates and points in all, the plan itself if it has them.

    Raises:
        SettingError: If it cannot have them, with the reason.
    """
    if replicates is not None and replicates != plan.replicates:
        plan = extended(plan, replicates=replicates)
    if points is not None and points != plan.design.size():
        plan = extended(plan, points=points)
    return plan


def grown(small: Plan, large: Plan) -> bool:
    """Whether a plan is another one with more replicates, more points or both."""
    if large.replicates < small.replicates or large.design.size() < small.design.size():
        return False
    try:
        found = enlarged(small, replicates=large.replicates, points=large.design.size())
    except SettingError:
        return False
    return found.digest == large.digest


def _metadata(
    plan: Plan, segments: tuple[Segment, ...], *, origin: str, like: Metadata | None = None
) -> Metadata:
    metadata = Metadata(
        title=plan.title,
        digest=plan.digest,
        points=plan.points_digest,
        origin=origin,
        segments=segments,
        scenarios=len(plan.scenarios),
        outcomes={outcome.name: outcome.text for outcome in plan.outcomes},
        plan=plan.as_tree(),
    )
    if like is None:
        return metadata
    return replace(metadata, file_rows=like.file_rows, group_rows=like.group_rows)


def _whole(plan: Plan) -> Segment:
    return Segment(0, plan.points, 0, plan.replicates)


def _added(before: Plan, plan: Plan) -> list[Segment]:
    """Return what is new: replicates at the old points, then all replicates at the new points."""
    segments = [
        Segment(0, before.points, before.replicates, plan.replicates),
        Segment(before.points, plan.points, 0, plan.replicates),
    ]
    return [segment for segment in segments if segment.rows(len(plan.scenarios))]


def same_points(metadata: Metadata, plan: Plan, path: Path) -> None:
    """Make sure that the points of a plan are what they were when its folder was begun.

    Raises:
        ResultError: If they are others.
    """
    if plan.points_digest != metadata.points:
        raise ResultError(
            f"{path}: its points cannot be made again here as they were, perhaps because another "
            "version of SciPy or SALib draws them; go on with the versions that began it"
        )


def _stay(before: Plan, plan: Plan, path: Path) -> None:
    """Make sure that a plan has the points and the runs of one that it extends.

    Raises:
        ResultError: If the points are others, or runs have other numbers.
    """
    same = before.design_table().equals(plan.design_table().iloc[: before.points])
    last = (before.points - 1, before.replicates - 1)
    if not same or before.run_of(*last) != plan.run_of(*last):
        raise ResultError(f"{path}: cannot be extended, its old points would become others")


def _differences(first: Plan, second: Plan) -> list[str]:
    """Return in which of their settings two plans differ."""
    one, other = first.as_tree(), second.as_tree()
    found = []
    for key in one:
        if key in WORDS or one[key] == other.get(key):
            continue
        short = not isinstance(one[key], list | Mapping)
        found.append(f"{key} ({one[key]} there, {other.get(key)} here)" if short else key)
    return found or ["what decides their numbers"]
