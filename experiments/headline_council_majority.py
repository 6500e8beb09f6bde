"""Would there be an office in Tokyo if the Council decided by weighted majority?

python experiments/headline_council_majority.py --out results/headline_council_majority
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(outcome="passed_tokyo_office>=1@2025", start="japan_nato/council_majority")

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
