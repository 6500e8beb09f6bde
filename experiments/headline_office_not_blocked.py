"""Would there be an office in Tokyo if France had stood where the others did?

python experiments/headline_office_not_blocked.py --out results/headline_office_not_blocked
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(outcome="passed_tokyo_office>=1@2025", edits=("member france:offset=0",))

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
