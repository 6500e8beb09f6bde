"""Machine code on disk: where it is, whom it is taken from, and that no wrong byte is loaded."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from alliance_sim.compiled import cache
from alliance_sim.compiled.cache import FOLDER, CacheError, opened, read, write

KEY, CODE = "made from this", b"machine code"
posix = pytest.mark.skipif(os.name == "nt", reason="there are no modes")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where code is kept during a test."""
    chosen = tmp_path / "far" / "kept"
    monkeypatch.setenv(FOLDER, str(chosen))
    return chosen


@pytest.fixture
def file() -> Path:
    """A file of code that may be loaded."""
    path = opened() / "block.code"
    write(path, CODE, KEY)
    assert read(path, KEY) == CODE
    return path


def test_the_folder_is_the_users_unless_another_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache.folder() == folder.resolve()
    monkeypatch.delenv(FOLDER)
    assert "alliance-sim" in cache.folder().parts
    monkeypatch.setenv(FOLDER, "")
    assert "alliance-sim" in cache.folder().parts


@posix
def test_folders_and_files_are_made_for_their_owner_alone_whatever_the_umask(
    folder: Path,
) -> None:
    before = os.umask(0)
    try:
        opened()
        write(folder / "block.code", CODE, KEY)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (folder.parent, folder)] == [0o700, 0o700]
    assert stat.S_IMODE((folder / "block.code").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_is_refused(mode: int, folder: Path) -> None:
    opened().chmod(mode)
    with pytest.raises(CacheError, match=r"other users may write to '.*kept' \(`chmod go-w`"):
        opened()
    folder.chmod(0o755)
    opened()


@posix
@pytest.mark.parametrize("mode", [0o770, 0o777])
def test_a_folder_that_others_could_replace_is_refused(mode: int, folder: Path) -> None:
    opened()
    folder.parent.chmod(mode)
    with pytest.raises(CacheError, match=r"other users may write to '.*far'"):
        opened()
    folder.parent.chmod(mode | stat.S_ISVTX)  # as /tmp is
    opened()


@posix
def test_a_link_leads_to_a_folder_that_is_looked_at_as_any_other(
    folder: Path, tmp_path: Path
) -> None:
    true = tmp_path / "true"
    true.mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(true)
    assert opened() == true.resolve()
    true.chmod(0o777)
    with pytest.raises(CacheError, match=r"other users may write to '.*true'"):
        opened()


@posix
@pytest.mark.parametrize("whose", ["kept", "far"])
def test_a_folder_of_another_user_is_refused(
    whose: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    place = folder if whose == "kept" else folder.parent
    if os.geteuid() == 0:
        os.chown(place, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(CacheError, match=rf"'.*{whose}' belongs to another user \(number "):
        opened()


@posix
def test_what_root_owns_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make files of root")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(cache, "_distrust", lambda _: None)  # of the test's own folders
    path = opened() / "block.code"
    write(path, CODE, KEY)
    assert read(path, KEY) == CODE


def test_a_file_in_the_folders_place_is_told(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700)
    folder.write_text("a file")
    with pytest.raises(CacheError, match=r"'.*kept' is not a folder"):
        opened()
    folder.unlink()
    folder.parent.rmdir()
    folder.parent.write_text("a file")
    with pytest.raises(CacheError, match=r"'.*kept' cannot be used: a file stands where a folder"):
        opened()


@posix
def test_no_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def nobody(_: int) -> None:
        raise KeyError

    for name in (FOLDER, "HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    if sys.platform == "linux":
        with pytest.raises(CacheError, match=r"neither HOME nor XDG_CACHE_HOME names"):
            opened()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are texts")
@pytest.mark.parametrize(
    "name", [b"\xff\xfe", b"a\nb", b"\x1b[31m", "\u202eevil".encode(), b"x" * 300]
)
def test_a_folder_of_any_name_is_used_or_refused_in_printable_words(
    name: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    if len(name) < 256:
        path = opened()
        write(path / "block.code", CODE, KEY)
        assert read(path / "block.code", KEY) == CODE
        path.chmod(0o777)
    with pytest.raises(CacheError) as told:
        opened()
    assert str(told.value).isprintable()


def test_what_was_kept_for_another_key_is_not_there(file: Path) -> None:
    assert read(file, "made from that") is None


def test_code_and_key_cannot_be_moved_into_each_other(file: Path) -> None:
    write(file, b"x" + CODE, KEY)
    assert read(file, KEY + "x") is None


def test_any_byte_that_changed_is_noticed(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = file.read_bytes()
    for place in range(len(whole)):
        for flip in (1, 128):
            damaged = bytearray(whole)
            damaged[place] ^= flip
            file.write_bytes(damaged)
            assert read(file, KEY) is None
    for stop in range(len(whole)):
        file.write_bytes(whole[:stop])
        assert read(file, KEY) is None
    file.write_bytes(whole + b"\0")
    with caplog.at_level("INFO"):
        assert read(file, KEY) is None
    assert "not loaded: it is damaged" in caplog.text


def moved(file: Path) -> Path:
    return file.rename(file.parent.parent / "elsewhere")


def as_link(file: Path) -> None:
    file.symlink_to(moved(file))


def as_second_name(file: Path) -> None:
    file.hardlink_to(moved(file))


def as_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def as_endless_device(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def as_huge(file: Path) -> None:
    os.truncate(file, cache.MOST + 1)


def as_anybodys(file: Path) -> None:
    file.chmod(0o606)


def as_the_groups(file: Path) -> None:
    file.chmod(0o660)


@posix
@pytest.mark.parametrize(
    "put_there",
    [
        *(as_link, as_second_name, as_pipe, as_folder, as_endless_device, as_huge),
        *(as_anybodys, as_the_groups),
    ],
)
def test_what_is_no_file_of_ours_is_not_there_and_makes_room(
    put_there: Callable[[Path], None], file: Path
) -> None:
    put_there(file)
    assert read(file, KEY) is None
    if put_there is not as_folder:
        write(file, CODE, KEY)
        assert read(file, KEY) == CODE


@posix
def test_a_file_of_another_user_is_not_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(file, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert read(file, KEY) is None


@posix
def test_what_a_link_in_the_files_place_leads_to_is_left_alone(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("precious")
    for name in ("block.code", "lock"):
        (file.parent / name).unlink(missing_ok=True)
        (file.parent / name).symlink_to(other)
    with cache.alone(file.parent):
        write(file, CODE, KEY)
    assert other.read_text() == "precious"


@posix
def test_who_waits_for_another_says_so(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened()
    held, told = threading.Event(), threading.Event()

    def hold() -> None:
        with cache.alone(folder):
            held.set()
            told.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(60)
    threading.Timer(0.2, told.set).start()
    with caplog.at_level("INFO"), cache.alone(folder):
        assert told.is_set()
    thread.join()
    assert "Waiting for another process" in caplog.text


def test_who_takes_long_says_so_at_once_and_how_long_so_far(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache, "EVERY", 0.01)
    with caplog.at_level("INFO"):
        with cache.at_work("Compiling, once (a minute)"):
            assert caplog.messages == ["Compiling, once (a minute) ..."]
            assert caplog.records[0].levelname == "WARNING"  # shown without a log of one's own
            while len(caplog.messages) < 3:
                threading.Event().wait(0.01)
        told = len(caplog.messages)
        threading.Event().wait(0.05)
    assert caplog.messages[1] == "Compiling: 0 seconds so far"
    assert len(caplog.messages) == told


def test_nothing_heavy_is_imported_to_mark_a_rule() -> None:
    program = "import alliance_sim.arithmetic, sys; print('numba' in sys.modules)"
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split() == [b"False"]
