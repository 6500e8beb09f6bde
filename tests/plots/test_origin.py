"""A figure file says how to make it again."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from alliance_sim.errors import ResultError
from alliance_sim.plots.origin import origin_of, read_origin, save_png
from alliance_sim.plots.run import ensemble_figure
from alliance_sim.provenance import Origin, ScenarioOrigin

if TYPE_CHECKING:
    from alliance_sim.results import Ensemble

COMMAND = "alliance-sim plot 'Überblick – runs.parquet' --state rung"


def test_what_is_embedded_is_read_back(ensemble: Ensemble, tmp_path: Path) -> None:
    origin = origin_of(ensemble, command=COMMAND, others=(ensemble,))
    path = tmp_path / "rung.png"
    save_png(ensemble_figure(ensemble, ["rung"]), path, origin=origin, title="Rung")
    assert read_origin(path) == origin
    assert origin == Origin(
        scenario="made/up",
        digest="digest of made/up",
        edits=[],
        engine=ensemble.engine,
        seed=7,
        runs=5,
        first_run=0,
        version="0.0.test",
        command=COMMAND,
        others=[ScenarioOrigin(scenario="made/up", digest="digest of made/up", edits=[])],
    )


def test_the_same_figure_gives_the_same_file(ensemble: Ensemble, tmp_path: Path) -> None:
    origin = origin_of(ensemble, command=COMMAND)
    paths = [tmp_path / "one.png", tmp_path / "two.png"]
    for path in paths:
        save_png(ensemble_figure(ensemble, ["rung"]), path, origin=origin)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_figure_file_names_no_tool_and_no_date(ensemble: Ensemble, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "rung.png"
    save_png(ensemble_figure(ensemble, ["rung"]), path, origin=origin_of(ensemble, command="x"))
    with Image.open(path) as image:
        assert set(image.info) == {"Description", "alliance_sim", "alliance_sim_carried", "dpi"}


def test_a_picture_of_others_is_told_apart(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "other.png"
    Image.new("L", (2, 2)).save(path)
    with pytest.raises(ResultError, match="not one saved by this package"):
        read_origin(path)


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_picture_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(ResultError, match="cannot be read as a figure"):
        read_origin(path)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be read as a figure"):
        read_origin(tmp_path / "absent.png")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
def test_a_pipe_and_a_picture_of_a_billion_pixels_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ResultError, match="is not a regular file"):
        read_origin(tmp_path / "pipe.png")
    size = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    head = struct.pack(">I", len(size)) + b"IHDR" + size
    check = struct.pack(">I", zlib.crc32(head[4:]))
    end = b"\0\0\0\0IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + check + end)
    with pytest.raises(ResultError, match=r"bomb\.png: .*pixels"):
        read_origin(tmp_path / "bomb.png")
