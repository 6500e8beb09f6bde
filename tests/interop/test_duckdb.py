"""DuckDB asks questions of a results folder in SQL."""

from typing import Any

import pytest

from alliance_sim.sweep.run import run_sweep
from alliance_sim.sweep.sweep import Sweep

duckdb = pytest.importorskip("duckdb", reason="needs duckdb")

PLAN = """
title = "Two values of one number, with and without the attacks"
question = "Does a results folder answer questions in SQL?"
scenarios = ["japan_nato/baseline", "japan_nato/no_nine_eleven"]
seed = 1
replicates = 3

[design]
kind = "grid"

[[factor]]
name = "threat_pull"
number = "willingness.threat_state"
values = [1.0, 2.0]
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    return run_sweep(folder / "plan.toml", folder / "results")


def asked(sweep: Sweep, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query, in which RUNS stands for the files of the sweep."""
    files = sweep.folder / "rows" / "*.parquet"
    with duckdb.connect() as connection:
        rows: list[tuple[Any, ...]] = connection.sql(query.replace("RUNS", f"'{files}'")).fetchall()
    return rows


def test_every_run_is_a_row_with_its_labels(sweep: Sweep) -> None:
    rows = asked(
        sweep,
        "SELECT row, point, scenario, replicate, run, threat_pull, status FROM RUNS ORDER BY row",
    )
    assert [row[0] for row in rows] == list(range(12))
    assert {row[2] for row in rows} == {"baseline", "no_nine_eleven"}
    assert {row[5] for row in rows} == {1.0, 2.0}
    assert {row[6] for row in rows} == {"ok"}
    frame = sweep.frame()
    assert [row[4] for row in rows] == frame["run"].tolist()


def test_the_folder_of_rows_is_read_as_it_stands(sweep: Sweep) -> None:
    (sweep.folder / "summary").mkdir(exist_ok=True)
    (sweep.folder / "summary" / "manifest.json").write_text("{}")
    with duckdb.connect() as connection:
        found = connection.sql(f"SELECT * FROM read_parquet('{sweep.folder / 'rows'}')").df()
    assert found["rung_end"].tolist() == sweep.frame()["rung_end"].tolist()
    assert list(found.columns) == list(sweep.frame().columns)


def test_means_are_those_of_the_frame(sweep: Sweep) -> None:
    rows = asked(
        sweep,
        "SELECT scenario, threat_pull, avg(level_political_end) FROM RUNS "
        "WHERE status = 'ok' GROUP BY ALL ORDER BY ALL",
    )
    frame = sweep.frame(["level_political_end"])
    means = frame.groupby(["scenario", "threat_pull"], observed=True)["level_political_end"].mean()
    assert len(rows) == len(means) == 4
    for scenario, pull, mean in rows:
        assert mean == pytest.approx(means.loc[scenario, pull], rel=1e-12)


def test_rows_of_two_scenarios_are_set_against_each_other(sweep: Sweep) -> None:
    rows = asked(
        sweep,
        "SELECT factual.rung_end - counter.rung_end FROM RUNS factual JOIN RUNS counter "
        "USING (point, replicate) WHERE factual.scenario = 'baseline' "
        "AND counter.scenario = 'no_nine_eleven'",
    )
    frame = sweep.frame(["rung_end"]).pivot_table(
        index=["point", "replicate"], columns="scenario", values="rung_end", observed=True
    )
    differences = frame["baseline"] - frame["no_nine_eleven"]
    assert sorted(row[0] for row in rows) == sorted(differences)
