"""Would equipment have come long before 2014 if law at home had not held it back from 1992 on?

python experiments/headline_article_nine_1992.py --out results/headline_article_nine_1992
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(outcome="level_equipment>0.3@2005", start="japan_nato/article_nine_1992")

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
