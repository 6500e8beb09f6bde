"""Would the last formal step have come by 2025 if the United States had retrenched?

python experiments/headline_us_retrenches_2017.py --out results/headline_us_retrenches_2017
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(outcome="rung>=11@2025", start="japan_nato/us_retrenches_2017")

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
