"""Would the last formal step have come by 2025 without 2014 and 2022 in Ukraine?

python experiments/headline_no_crimea_no_invasion.py --out results/headline_no_crimea_no_invasion
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(
    outcome="rung>=11@2025",
    start="japan_nato/no_crimea_no_invasion",
    follow=("three_documents", "transfer_principles_2023"),
)

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
