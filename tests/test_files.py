"""What is read is a regular file of bounded size, depth and numbers; nothing else is waited for."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_sim.errors import FileError, ProblemsError, SettingError, visible
from alliance_sim.files import (
    MOST_DEPTH,
    create_text,
    read_json,
    read_regular,
    read_text,
    shape_problem,
    writable_folder,
    write_text,
    write_whole,
)

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX")


def test_a_regular_file_is_read_whole_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(b"some bytes")
    (tmp_path / "link").symlink_to("here")
    assert read_regular(tmp_path / "link", 10) == b"some bytes"


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/stdin", "/dev/null"])
def test_a_device_is_no_file_also_through_a_link(device: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(device)
    if Path(device).is_file():
        pytest.skip("standard input is a file here")
    for path in (Path(device), tmp_path / "link"):
        with pytest.raises(FileError, match="is not a regular file"):
            read_regular(path, 1000)


@posix
def test_a_pipe_and_a_socket_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket"))
        for name in ("pipe", "socket"):
            with pytest.raises(FileError, match=f"{name}: .*\n.*is not a regular file"):
                read_regular(tmp_path / name, 1000)


def test_a_file_above_the_limit_is_refused_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 1001)
    with pytest.raises(FileError, match="has 1,001 bytes, must have at most 1,000"):
        read_regular(tmp_path / "large", 1000)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_file_that_tells_no_size_is_read_to_the_limit_only() -> None:
    with pytest.raises(FileError, match="has more than 10 bytes"):
        read_regular("/proc/self/status", 10)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("folder", "is a folder, must be a regular file"),
        ("plann.toml", r"does not exist; did you mean 'plan\.toml'"),
        ("foldr/plan.toml", "there is no folder '.*/foldr'; did you mean 'folder'"),
        ("some/where/plan.toml", "does not exist; there is no folder '.*/some' in /"),
        ("plan.toml/x", "cannot be read: a file stands where a folder should be"),
        ("nul\0byte", r"nul\\x00byte: .*\n.*cannot be the path of a file"),
        ("half\ud800", r"half\\ud800: .*\n.*cannot be the path of a file"),
        ("x" * 300, "cannot be read: the name is too long for this system"),
    ],
)
def test_what_is_no_file_is_told_with_the_nearest_that_is(
    name: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plan.toml").touch()
    with pytest.raises(FileError, match=told):
        read_regular(f"{tmp_path}/{name}", 1000)


def test_text_that_is_not_utf8_is_told_with_the_byte(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"caf\xe9")
    with pytest.raises(FileError, match=r"is not text in UTF-8 \(byte 3\)"):
        read_text(tmp_path / "text", 100)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not JSON"),
        ("", "is not JSON"),
        ('{"a": 1, "a": 2}', "is not JSON: key 'a' stands twice"),
        ('{"a": NaN}', "is not JSON: NaN is not a number"),
        ("[" * 100_000, "more than 32 deep; at most 32"),
        ("[" * 33 + "]" * 33, "more than 32 deep; at most 32"),
        ('{"a": [0, 18446744073709551616]}', r"a\[1\]: is a whole number of more than 64 bits"),
        ('{"a": [0, -9223372036854775809]}', r"a\[1\]: is a whole number of more than 64 bits"),
        ("9" * 5000, "is not JSON"),
    ],
)
def test_json_that_is_none_or_goes_too_far_is_told(content: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(FileError, match=told):
        read_json(tmp_path / "a.json", 1_000_000)


def test_json_within_all_limits_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": [1, 2.5, null, true, "x"]}', encoding="utf-8")
    assert read_json(tmp_path / "a.json", 100) == {"a": [1, 2.5, None, True, "x"]}
    tree: object = 2**63 - 1
    for _ in range(MOST_DEPTH):
        tree = [tree]
    assert shape_problem(tree) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;mine\x07", r"\x1b]0;mine\x07"),
        ("a\x9bb\x7f", r"a\x9bb\x7f"),
        ("a\u202eb\u2066c\u2069", r"a\u202eb\u2066c\u2069"),
        ("half \udcff", r"half \udcff"),
        ("two\nlines", r"two\nlines"),
        ("Überraschung 日本 🙂", "Überraschung 日本 🙂"),
    ],
)
def test_what_a_terminal_obeys_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert str(ProblemsError(text, [text])) == f"{shown}: 1 problem\n  - {shown}"


def test_ends_of_lines_stay_where_a_text_has_several() -> None:
    assert visible("one\n\ttwo\x1b", lines=True) == "one\n\ttwo\\x1b"


def test_some_dozens_of_problems_are_told_and_the_rest_counted() -> None:
    error = ProblemsError("mine.toml", [f"problem {k}" for k in range(900_000)])
    told = str(error).splitlines()
    assert told[0] == "mine.toml: 900000 problems"
    assert (len(told), told[-1]) == (42, "  - and 899,960 more")
    assert len(error.problems) == 900_000


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    assert list(writable_folder(tmp_path / "new" / "folder").iterdir()) == []


def test_a_folder_whose_name_looks_like_an_address_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    writable_folder("s3:first_try")
    assert [path.name for path in tmp_path.iterdir()] == ["s3:first_try"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("taken", "taken is a file, must be a folder"),
        ("taken/results/history", "taken is a file, must be a folder"),
        ("x" * 300, "the name is too long for this system"),
        ("half\udcff", r"half\\udcff: .*\n.*holds bytes that are not UTF-8"),
        ("nul\0byte", r"nul\\x00byte: .*\n.*the name of the folder holds a NUL"),
    ],
)
def test_a_folder_that_cannot_be_had_is_told(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here first")
    with pytest.raises(SettingError, match=told):
        writable_folder(f"{tmp_path}/{name}")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_no_name_is_no_folder() -> None:
    with pytest.raises(SettingError, match="the name of the folder is empty"):
        writable_folder("")


@posix
def test_a_folder_too_deep_for_its_files_is_told_before_they_are_written(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["x" * 200] * 30)
    with pytest.raises(SettingError, match="the name is too long for this system"):
        writable_folder(str(deep)[:4060])


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    path.write_text("old")

    def fail(part: Path) -> None:
        part.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(SettingError, match="the disk is full"):
        write_whole(path, fail)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
    assert path.read_text() == "old"


def test_a_text_with_half_a_character_is_written_escaped(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "ü \udcff\n")
    assert (tmp_path / "a.txt").read_bytes() == "ü \\udcff\n".encode()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="takes on another user's rights")
def test_a_folder_without_permission_is_told_as_what_the_system_refuses(tmp_path: Path) -> None:
    os.seteuid(65534)
    try:
        with pytest.raises(SettingError, match="cannot be written: no permission") as found:
            writable_folder(tmp_path / "out")
    finally:
        os.seteuid(0)
    assert isinstance(found.value.__cause__, PermissionError)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from alliance_sim.errors import SettingError
from alliance_sim.files import create_text

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    create_text(Path(sys.argv[1]), "x" * 100_000)
except SettingError as error:
    print(error)
"""


@posix
def test_a_new_file_that_cannot_be_written_whole_does_not_stand_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    command = [sys.executable, "-c", LIMITED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "cannot be written: a file would become larger" in done.stdout
    assert not path.exists()
    create_text(path, "whole")
    assert path.read_text(encoding="utf-8") == "whole"
    with pytest.raises(SettingError, match="is there already and is not overwritten"):
        create_text(path, "another")
    assert path.read_text(encoding="utf-8") == "whole"
    with pytest.raises(SettingError, match="there is no folder"):
        create_text(tmp_path / "nowhere" / "new.toml", "whole")
