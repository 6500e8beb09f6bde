"""Would the last formal step have come by 2025 without 2014 and 2022 in Ukraine?

python experiments/headline_no_crimea_no_invasion.py --out results/headline_no_crimea_no_invasion
"""

from __future__ import annotations

from headline import headline

if __name__ == "__main__":
    headline(
        __file__, str(__doc__), start="japan_nato/no_crimea_no_invasion", outcome="rung>=11@2025"
    )
