"""The world as Mesa agents. This is the only place that imports Mesa (3.3 and later)."""

from alliance_sim.engine.mesa_model.agents import Japan, Threat
from alliance_sim.engine.mesa_model.alliance import Member, Nato
from alliance_sim.engine.mesa_model.model import AllianceModel, Cast
from alliance_sim.engine.mesa_model.partnership import Partnership

__all__ = ["AllianceModel", "Cast", "Japan", "Member", "Nato", "Partnership", "Threat"]
