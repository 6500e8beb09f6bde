"""The families of fonts that figures are written in."""

from __future__ import annotations

from functools import cache

from matplotlib.font_manager import fontManager

USUAL = "DejaVu Sans"  # comes with Matplotlib
# With Chinese, Japanese and Korean signs, as systems of all kinds have them.
OTHERS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAPGothic",
    "IPAGothic",
    "TakaoPGothic",
    "VL PGothic",
    "Hiragino Sans",
    "Hiragino Maru Gothic Pro",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "Arial Unicode MS",
    "Droid Sans Fallback",
    "WenQuanYi Zen Hei",
)


@cache
def families() -> list[str]:
    """Return the usual family, then one that is installed for signs which the usual one lacks.

    One that is not installed is not named: Matplotlib would look for it, and say so, at each text.
    """
    installed = set(fontManager.get_font_names())
    return [USUAL, *[name for name in OTHERS if name in installed][:1]]
