"""The command opens the page on this machine alone, or writes it as a file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from alliance_sim import SettingError
from alliance_sim.cli.app import app
from alliance_sim.lab import link, serving, solution
from alliance_sim.lab.exporting import GENERATOR, VARIABLE
from tests.lab.blank import PAGE
from tests.lab.shown import payload_in

ISLANDS = "two_islands/baseline"
PAGES = 30  # of a class
POLICY = "default-src 'none'; worker-src blob:; frame-ancestors 'none'"


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page without content in the place of the one that ships."""
    path = tmp_path / "template.html"
    path.write_bytes(PAGE)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture
def address() -> Iterator[str]:
    with serving.served(PAGE) as found:
        yield found


def asked(address: str, method: str = "GET", path: str = "/", host: str = "") -> HTTPResponse:
    place = urlsplit(address).netloc
    connection = HTTPConnection(place, timeout=30)
    connection.request(method, path, headers={"Host": host or place})
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def test_a_page_is_written_and_said_to_be(template: Path, tmp_path: Path) -> None:
    out = tmp_path / "lesson.html"
    done = CliRunner().invoke(app, ["lab", ISLANDS, "--export", str(out), "--language", "ja"])
    assert done.exit_code == 0
    assert f"Written to {out}" in done.stdout
    assert "cannot replay the one that happened" in " ".join(done.stderr.split())
    assert GENERATOR in out.read_bytes()
    assert b'<html lang="ja"' in out.read_bytes()


def test_the_scenario_may_stand_behind_an_option(template: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    for words, out in ((["--scenario", ISLANDS], first), ([ISLANDS], second)):
        assert CliRunner().invoke(app, ["lab", *words, "--export", str(out)]).exit_code == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_file_of_somebody_else_stays(template: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.html"
    out.write_text("mine")
    done = CliRunner().invoke(app, ["lab", ISLANDS, "--export", str(out)])
    assert done.exit_code == 2
    assert "is no page of the lab" in done.stderr
    assert out.read_text() == "mine"


def test_a_port_is_of_no_use_to_a_page_that_is_written(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["lab", ISLANDS, "--export", str(out), "--port", "8765"])
    assert (done.exit_code, out.exists()) == (2, False)
    assert "--port does not go with --export, which serves nothing" in " ".join(done.stderr.split())


def test_a_template_that_is_not_there_is_the_systems_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.html"))
    done = CliRunner().invoke(app, ["lab", ISLANDS, "--export", str(tmp_path / "lesson.html")])
    assert done.exit_code == 1
    assert "python -m engines.make_page" in done.stderr
    assert not (tmp_path / "lesson.html").exists()


def guarded(answer: HTTPResponse) -> bool:
    """Whether an answer has the headers of all, each once."""
    wanted = {"Content-Security-Policy": POLICY, **serving._Answers.headers_of_all}
    return all(answer.headers.get_all(name) == [value] for name, value in wanted.items())


def test_the_page_is_served_as_it_is_with_its_own_policy(address: str) -> None:
    answer = asked(address)
    assert answer.status == 200
    assert answer.body == PAGE  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert guarded(answer)
    head = asked(address, "HEAD")
    assert head.body == b""  # type: ignore[attr-defined]
    assert head.headers["Content-Length"] == str(len(PAGE))


@pytest.mark.parametrize("path", ["/etc/passwd", "/../", "/index.html", "http://other/"])
def test_nothing_else_is_there(address: str, path: str) -> None:
    answer = asked(address, path=path)
    assert answer.status == 404
    assert guarded(answer)
    assert b"one page here" in answer.body  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "<img>"])
def test_nothing_but_reading_is_allowed(address: str, method: str) -> None:
    answer = asked(address, method)
    assert answer.status == 501
    assert guarded(answer)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Connection"] == "close"
    told = b"Not Implemented. Only GET and HEAD are answered here.\n"
    assert answer.body == told  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET / HTTP/9.9", 505),
        ("GET / x HTTP/1.1", 400),
        (f"GET /{'x' * 70_000} HTTP/1.1", 414),
        (f"GET / HTTP/1.1\r\nX: {'x' * 70_000}", 431),
    ],
)
def test_what_is_no_request_is_answered_with_the_same_headers(
    address: str, line: str, status: int
) -> None:
    place = urlsplit(address)
    with socket.create_connection((str(place.hostname), int(place.port or 0))) as connection:
        connection.settimeout(30)
        connection.sendall(f"{line}\r\n\r\n".encode())
        answer = HTTPResponse(connection)
        answer.begin()
        assert answer.status == status
        assert guarded(answer)
        assert b"Only GET and HEAD" in answer.read()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil:80"])
def test_a_request_by_another_name_is_refused(address: str, host: str) -> None:
    answer = asked(address, host=host)
    assert answer.status == 403
    assert guarded(answer)
    assert PAGE not in answer.body  # type: ignore[attr-defined]


def test_this_machine_may_be_called_localhost(address: str) -> None:
    assert asked(address, host=f"localhost:{urlsplit(address).port}").status == 200


def test_it_listens_on_this_machine_only(address: str) -> None:
    assert urlsplit(address).hostname == "127.0.0.1"


def test_a_class_opens_the_page_at_once() -> None:
    large = PAGE + b" " * 4_000_000
    with serving.served(large) as address, ThreadPoolExecutor(PAGES) as readers:
        found = list(readers.map(lambda _: asked(address), range(PAGES)))
    assert [answer.status for answer in found] == [200] * PAGES
    assert all(answer.body == large for answer in found)  # type: ignore[attr-defined]


def test_a_reader_who_says_nothing_keeps_nobody_waiting(address: str) -> None:
    place = urlsplit(address)
    with socket.create_connection((str(place.hostname), int(place.port or 0))):
        assert asked(address).status == 200


def test_a_port_that_is_taken_or_cannot_be_is_told() -> None:
    with serving.served(PAGE) as address:
        port = int(urlsplit(address).port or 0)
        with (
            pytest.raises(SettingError, match=f"port {port} cannot be had"),
            serving.served(PAGE, port),
        ):
            pass
    with pytest.raises(SettingError, match="must be a whole number from 1 to 65,535"):
        serving.checked_port(65_536)


def test_a_port_that_was_closed_can_be_had_again_at_once() -> None:
    with serving.served(PAGE) as address:
        assert asked(address).status == 200
    port = int(urlsplit(address).port or 0)
    with serving.served(PAGE, port) as again:
        assert again == address
        assert asked(again).status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_closes_it_quietly(template: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "alliance_sim.cli", "lab", ISLANDS, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ALLIANCE_SIM_QUIET": "1"},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.removeprefix("The lab is open at ").strip()
        assert asked(address).status == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert errors.endswith("Stopped.\n")
    assert "Traceback" not in errors


@pytest.mark.usefixtures("template")
def test_of_a_what_if_it_is_the_page_of_the_history_that_opens_with_the_edits(
    tmp_path: Path,
) -> None:
    out, plain = tmp_path / "raid.html", tmp_path / "plain.html"
    done = CliRunner().invoke(app, ["lab", "two_islands/no_raid", "--export", str(out)])
    assert done.exit_code == 0
    assert "It opens with the edits of two_islands/no_raid made." in done.stdout
    CliRunner().invoke(app, ["lab", ISLANDS, "--export", str(plain)])
    edited, bare = (payload_in(path.read_bytes()) for path in (out, plain))
    assert edited | {"start": ""} == bare
    assert solution(f"{edited['start']}&noise=fresh&runs=5")["edits"] == ["without great_raid"]


@pytest.mark.usefixtures("template")
def test_a_what_if_with_more_edits_than_an_address_holds_is_a_page_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plain = tmp_path / "raid.html", tmp_path / "plain.html"
    CliRunner().invoke(app, ["lab", ISLANDS, "--export", str(plain)])
    monkeypatch.setattr(link, "MOST_EDITS", 0)
    done = CliRunner().invoke(app, ["lab", "two_islands/no_raid", "--export", str(out)])
    assert done.exit_code == 0
    assert "It opens with the edits" not in done.stdout
    assert out.read_bytes() != plain.read_bytes()
