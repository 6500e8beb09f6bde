"""The gallery shows every kind of figure, small, and each picture says where it comes from."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageColor

from alliance_sim.plots.origin import read_origin
from alliance_sim.plots.style import SHADES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gallery"] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_program_writes(gallery: ModuleType) -> None:
    assert gallery.PAGE.read_text("utf-8") == gallery.page()


def test_the_pictures_are_those_of_the_page_and_small_together(gallery: ModuleType) -> None:
    shown = {f"{entry.name}.png" for entry in gallery.ENTRIES}
    shown |= {f"{entry.name}_phone.png" for entry in gallery.ENTRIES if entry.page}
    there = {path.name: path.stat().st_size for path in gallery.IMAGES.glob("*.png")}
    assert set(there) == shown
    assert sum(there.values()) < gallery.MOST_BYTES


def test_every_picture_says_which_command_made_it(gallery: ModuleType) -> None:
    for entry in gallery.ENTRIES:
        verb = entry.commands[-1].split()[0]
        names = [f"{entry.name}.png", *([f"{entry.name}_phone.png"] if entry.page else [])]
        for name in names:
            assert read_origin(gallery.IMAGES / name).command.startswith(f"alliance-sim {verb} ")
        with Image.open(gallery.IMAGES / names[-1]) as picture:
            assert picture.width == (600 if entry.page else gallery.WIDTH)


def test_paper_and_the_shade_of_stages_stay_apart(gallery: ModuleType, tmp_path: Path) -> None:
    given = Image.effect_noise((300, 300), 90).convert("RGB")
    shades = [ImageColor.getrgb(shade) for shade in SHADES]
    for place, shade in enumerate(shades):
        given.paste(shade, (100 * place, 0, 100 * place + 100, 100))
    content = io.BytesIO()
    given.save(content, "PNG")
    gallery.small(content.getvalue(), tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as picture:
        found = [picture.convert("RGB").getpixel((100 * k + 50, 50)) for k in range(len(shades))]
    assert found == shades


def test_every_experiment_that_the_gallery_runs_is_there(gallery: ModuleType) -> None:
    plans = {
        word for entry in gallery.ENTRIES for command in entry.commands
        for word in command.split() if word.endswith(".toml")
    }  # fmt: skip
    assert len(plans) == 5
    assert all((DOCS.parent / plan).is_file() for plan in plans)
