"""What a results folder holds, what it refuses, and how its rows are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alliance_sim.errors import ResultError, SettingError, UnfinishedError, UnknownName
from alliance_sim.provenance import MANIFEST_FORMAT, Origin, scenario_origin, version
from alliance_sim.report.sweep_view import column_of
from alliance_sim.sweep.plan import Plan, extended
from alliance_sim.sweep.store import metadata
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import Run, content

pytestmark = pytest.mark.usefixtures("small_files")


def edited(path: Path, **changes: object) -> None:
    """Change a file as somebody would who knows that it ends with a checksum of itself."""
    tree = {**json.loads(path.read_text("utf-8")), **changes}
    tree.pop("sha256")
    path.write_bytes(metadata.sealed(tree))


def test_another_format_is_told(run: Run, tmp_path: Path) -> None:
    run(tmp_path)
    for name in ("manifest.json", "sweep.json"):
        before = content(tmp_path)
        edited(tmp_path / name, format=9, version="9.0")
        for act in (open_sweep, run):
            with pytest.raises(ResultError, match=rf"{name}: has format 9.*by alliance-sim '9\.0'"):
                act(tmp_path)
        (tmp_path / name).write_bytes(before[name])
    edited(tmp_path / "manifest.json", files={}, row_files=[])
    assert run(tmp_path).complete


def test_a_manifest_of_the_format_before_is_read(run: Run, plan: Plan, tmp_path: Path) -> None:
    rows = run(tmp_path).frame()
    path = tmp_path / "manifest.json"
    now = json.loads(path.read_bytes())
    listed = [
        {**row, "name": Path(name).name, "sha256": digest}
        for row, (name, digest) in zip(now["row_files"], now["files"].items(), strict=True)
    ]
    kept = ("kind", "version", "sweep", "plan", "runs", "failed_runs")
    path.write_bytes(
        metadata.sealed({"format": 2, **{key: now[key] for key in kept}, "files": listed})
    )
    sweep = open_sweep(tmp_path)
    assert sweep.frame().equals(rows)
    assert sweep.engine == "kernel"
    assert run(tmp_path, plan=extended(plan, replicates=24)).complete
    assert json.loads(path.read_bytes())["format"] == MANIFEST_FORMAT


def test_numbers_of_two_versions_are_not_mixed(run: Run, tmp_path: Path) -> None:
    run(tmp_path / "begun", stop=96)
    run(tmp_path / "done")
    for name in ("begun", "done"):
        edited(tmp_path / name / "sweep.json", version="0.0.9")
    with pytest.raises(
        ResultError, match=r"made with alliance-sim 0\.0\.9.*pip install.*--out NEW"
    ):
        run(tmp_path / "begun")
    finished = open_sweep(tmp_path / "done")
    assert len(finished.frame()) == 640
    with pytest.raises(ResultError, match="numbers of two versions must not be mixed"):
        finished.outcome("rung>=9@2014")
    with pytest.raises(ResultError, match="numbers of two versions must not be mixed"):
        run(tmp_path / "done", plan=extended(finished.plan, replicates=30))


def test_lines_to_type_quote_the_folder(run: Run, plan: Plan, tmp_path: Path) -> None:
    folder = tmp_path / "my sweep"
    quoted = f"'{folder}'"
    with pytest.raises(ResultError, match=f"alliance-sim sweep PLAN --out {quoted}"):
        open_sweep(folder)
    run(folder, stop=96)
    with pytest.raises(ResultError, match=f"go on with: alliance-sim sweep {quoted}$"):
        open_sweep(folder)
    run(folder, plan=extended(plan, replicates=24))
    with pytest.raises(ResultError, match=f"go on with: alliance-sim sweep {quoted}$"):
        run(folder)
    (folder / "rows" / "runs-00000.parquet").write_bytes(b"PAR1")
    with pytest.raises(ResultError, match=f"computed again: alliance-sim sweep {quoted}$"):
        open_sweep(folder)
    edited(folder / "sweep.json", version="0.0.9")
    with pytest.raises(ResultError, match=f"new folder: alliance-sim sweep {quoted} --out NEW"):
        run(folder)


def test_another_sweep_is_left_alone(run: Run, plan: Plan, tmp_path: Path) -> None:
    run(tmp_path)
    before = content(tmp_path)
    with pytest.raises(
        ResultError, match=r"holds another sweep, 'Files'.*seed \(7 there, 8 here\)"
    ):
        run(tmp_path, plan=replace(plan, seed=8))
    with pytest.raises(ResultError, match="differ in design"):
        run(tmp_path, plan=replace(plan, design=replace(plan.design, seed=99)))
    assert content(tmp_path) == before


def test_a_folder_with_other_files_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(ResultError, match=r"other files and no sweep \(thesis\.docx\)"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]
    with pytest.raises(ResultError, match="holds no sweep"):
        open_sweep(tmp_path)
    with pytest.raises(ResultError, match=r"holds no sweep|is not a folder"):
        open_sweep(tmp_path / "thesis.docx")
    with pytest.raises(UnfinishedError, match="a file stands where a folder should be"):
        run(tmp_path / "thesis.docx")


def test_files_that_only_look_like_ours_are_told(run: Run, tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / "notes.txt").write_text("what is beside does no harm")
    assert run(tmp_path).complete
    rows = tmp_path / "rows"
    (rows / ".DS_Store").touch()
    assert len(open_sweep(tmp_path).frame([])) == 640
    for name in ("runs-00007.parquet", "notes.csv"):
        (rows / name).write_bytes((rows / "runs-00000.parquet").read_bytes())
        with pytest.raises(ResultError, match=rf"rows: {name} does not belong to this sweep"):
            open_sweep(tmp_path)
        (rows / name).unlink()


def test_pandas_reads_the_folder_of_rows_as_it_stands(run: Run, quick: Any, tmp_path: Path) -> None:
    sweep = run(tmp_path)
    sweep.outcome("rung>=9@2015", summarise=quick.summarise)
    (tmp_path / "rows" / "runs-00001.parquet").write_bytes(b"torn")
    run(tmp_path)
    assert (tmp_path / "runs-00001.parquet.bad").exists()
    found = pd.read_parquet(tmp_path / "rows")
    assert found.drop(columns="scenario").equals(sweep.frame().drop(columns="scenario"))
    assert found["scenario"].tolist() == sweep.frame()["scenario"].tolist()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', "\x00"])
def test_a_damaged_description_is_told(text: str, run: Run, tmp_path: Path) -> None:
    run(tmp_path, stop=96)
    (tmp_path / "sweep.json").write_text(text)
    for act in (open_sweep, run):
        with pytest.raises(ResultError, match=r"sweep\.json"):
            act(tmp_path)
    assert len(list((tmp_path / "work").glob("part-*"))) == 3


@pytest.mark.parametrize("name", ["sweep.json", "manifest.json"])
def test_a_description_that_was_edited_is_refused(name: str, run: Run, tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / name
    before = path.read_bytes()
    edits = {"sweep.json": (b"rung>=8@2014", b"rung>=9@2014"), "manifest.json": (b": 32", b": 31")}
    path.write_bytes(before.replace(*edits[name]))
    for act in (open_sweep, run):
        with pytest.raises(ResultError, match=f"{name}: was changed since it was written"):
            act(tmp_path)
    path.write_bytes(before)
    assert run(tmp_path).complete


def test_an_outcome_that_was_given_another_text_in_all_places_but_the_rows_is_refused(
    run: Run, tmp_path: Path
) -> None:
    run(tmp_path)
    tree = json.loads((tmp_path / "sweep.json").read_bytes())
    tree["plan"]["outcomes"][-1][1] = tree["outcomes"]["office_by_2014"] = "rung>=9@2014"
    digest = Plan.from_tree(tree["plan"]).digest
    edited(tmp_path / "sweep.json", plan=tree["plan"], outcomes=tree["outcomes"])
    with pytest.raises(ResultError, match=r"sweep\.json: its plan is not the one with which"):
        open_sweep(tmp_path)
    edited(tmp_path / "sweep.json", digest=digest)
    with pytest.raises(ResultError, match="its columns are not those of the sweep"):
        open_sweep(tmp_path).frame()


@pytest.mark.parametrize(
    ("key", "value"),
    [("file_rows", 0), ("file_rows", "x"), ("group_rows", 2.5), ("scenarios", "2")],
)
def test_a_description_with_numbers_that_cannot_be_is_told(
    key: str, value: object, run: Run, tmp_path: Path
) -> None:
    run(tmp_path)
    path = tmp_path / "sweep.json"
    segment = json.loads(path.read_text(encoding="utf-8"))["segments"][0]
    edited(path, **{key: value})
    with pytest.raises(ResultError, match=rf"sweep\.json: is not the description.*: {key}: "):
        open_sweep(tmp_path)
    edited(path, **{key: 2}, segments=[{**segment, "first_point": "0"}])
    with pytest.raises(ResultError, match=r"description of a sweep: segments\.0\.first_point: "):
        open_sweep(tmp_path)
    edited(path, segments=[{**segment, "stop_point": 2**52}])
    with pytest.raises(ResultError, match=r"would be [\d,]+ files, must be at most 100,000"):
        open_sweep(tmp_path)
    edited(path, segments=[{**segment, "first_point": 99}])
    with pytest.raises(ResultError, match="its segments are"):
        open_sweep(tmp_path)


def test_a_manifest_of_another_sweep_is_told(run: Run, tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / "manifest.json"
    tree = json.loads(path.read_bytes())
    first, *others = tree["row_files"]
    digests = {name.replace("runs-", "../"): found for name, found in tree["files"].items()}
    for changes in (
        {"row_files": [{**first, "rows": 255}, *others]},
        {"row_files": others},
        {"files": digests},
    ):
        edited(path, **{**tree, **changes})
        with pytest.raises(ResultError, match=r"manifest\.json: does not belong to sweep\.json"):
            open_sweep(tmp_path)


def test_a_folder_says_nothing_of_when_where_and_how(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    tree = json.loads(undisturbed["manifest.json"])
    assert tree["environment"] == {"alliance-sim": version()}
    assert tree["command"] == "alliance-sim sweep . --out ../again"
    assert set(undisturbed) == {
        *("sweep.json", "manifest.json", ".lock"),
        *(f"rows/{metadata.file_name(k)}" for k in range(3)),
    }


def test_a_folder_names_its_origin_as_every_result_does(
    plan: Plan, undisturbed: dict[str, bytes]
) -> None:
    tree = json.loads(undisturbed["manifest.json"])
    told = {key: tree[key] for key in (field.name for field in fields(Origin))}
    label, other = plan.labels
    assert Origin.from_tree(told) == Origin(
        **vars(scenario_origin(plan.scenarios[0], name=label)),
        others=[scenario_origin(plan.scenarios[1], name=other)],
        engine="function summarise",
        version=version(),
        seed=7,
        runs=640,
        first_run=0,
        failed_runs=32,
        command="alliance-sim sweep . --out ../again",
        sweep="Files",
        plan=plan.digest,
    )
    assert told["others"][0]["edits"][0]["path"] == "council.rule"
    assert (tree["format"], tree["kind"]) == (MANIFEST_FORMAT, "sweep")
    rows = {name: content for name, content in undisturbed.items() if name.startswith("rows/")}
    assert tree["files"] == {name: hashlib.sha256(c).hexdigest() for name, c in rows.items()}
    assert [(row["rows"], row["failed"]) for row in tree["row_files"]] == [
        *((256, 13), (256, 13), (128, 6)),
    ]
    assert [row["size"] for row in tree["row_files"]] == [len(c) for c in rows.values()]


def test_an_added_outcome_names_its_origin_too(run: Run, quick: Any, tmp_path: Path) -> None:
    run(tmp_path).outcome("rung>=9@2015", summarise=quick.summarise)
    (path,) = (tmp_path / "extra").glob("*/manifest.json")
    tree = json.loads(path.read_bytes())
    assert tree["command"] == "alliance-sim summarise ../.. --outcome 'rung>=9@2015'"
    assert (tree["engine"], tree["runs"], tree["seed"]) == ("function summarise", 640, 7)


def test_frames_hold_what_is_asked_for(run: Run, plan: Plan, tmp_path: Path) -> None:
    sweep = run(tmp_path)
    frame = sweep.frame(["rung_end"], scenario="council_majority")
    assert len(frame) == 320
    assert list(frame["scenario"].cat.categories) == list(plan.labels)
    assert frame.columns[-2:].tolist() == ["status", "rung_end"]
    assert sweep.frame("rung_end", scenario="council_majority").equals(frame)
    with pytest.raises(UnknownName, match="unknown outcome 'rung_ende'; did you mean 'rung_end'"):
        sweep.frame(["rung_ende"])
    with pytest.raises(UnknownName, match="did you mean 'baseline'"):
        sweep.frame(scenario="basline")


def test_an_outcome_that_is_kept_is_found_by_name_and_by_text(run: Run, tmp_path: Path) -> None:
    sweep = run(tmp_path)
    name, frame = sweep.outcome("office_by_2014")
    assert name == "office_by_2014"
    assert frame.equals(sweep.frame(["office_by_2014"]))
    assert sweep.outcome("rung >= 8 @ 2014")[0] == "office_by_2014"
    assert not (tmp_path / "extra").exists()
    with pytest.raises(UnknownName, match=r"did you mean 'rung_end'.*or give a text such as"):
        sweep.outcome("rung_ende")
    with pytest.raises(SettingError):
        sweep.outcome("rungg>=8@2014")


def test_an_outcome_that_was_not_kept_is_simulated_for_the_same_rows_and_kept(
    run: Run, quick: Any, plan: Plan, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    sweep = run(tmp_path)

    def stop(done: int, total: int) -> None:
        if done >= 64:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.outcome("rung>=9@2015", progress=stop, summarise=quick.summarise)
    name, frame = sweep.outcome("rung>=9@2015", summarise=quick.summarise)
    assert name == "rung_ge_9_2015"
    rows = sweep.frame([])
    assert frame[list(rows.columns)].equals(rows)
    assert frame[name].isna().tolist() == (frame["status"] != "ok").tolist()
    again, kept = sweep.outcome("rung>=9@2015", summarise=quick.starves)
    assert again == name
    assert kept.equals(frame)
    assert sweep.outcome(name, summarise=quick.starves)[1].equals(frame)
    assert column_of(sweep, name).label == column_of(sweep, "rung>=9@2015").label
    holds = column_of(sweep, f"{name}>=0.5")
    assert holds.frame[holds.name].equals(
        (frame[name] >= 0.5).astype(float).mask(frame[name].isna())
    )
    with pytest.raises(UnknownName, match="did you mean 'rung_ge_9_2015'"):
        sweep.outcome("rung_ge_9_2014")
    main = {k: v for k, v in content(tmp_path).items() if not k.startswith("extra/")}
    assert main == undisturbed
    longer = run(tmp_path, plan=extended(plan, replicates=25))
    name, longer_frame = longer.outcome("rung>=9@2015", summarise=quick.summarise)
    assert longer_frame.iloc[:640].equals(frame)
    assert len(longer_frame) == 800
    assert len(list((tmp_path / "extra").iterdir())) == 1


def test_an_outcome_of_an_unfinished_sweep_has_to_wait(run: Run, tmp_path: Path) -> None:
    run(tmp_path, stop=96)
    with pytest.raises(ResultError, match="is not finished"):
        open_sweep(tmp_path, unfinished=True).outcome("rung>=9@2015")
