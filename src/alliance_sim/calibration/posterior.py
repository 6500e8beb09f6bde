"""A posterior as files: draws as Parquet, the same for ArviZ as NetCDF, a table of what they say.

Equal draws give equal bytes with the same libraries.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim.calibration.diagnostics import Diagnosis
from alliance_sim.calibration.prior import Prior
from alliance_sim.files import write_text, write_whole

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.calibration.chains import Chains
    from alliance_sim.calibration.tempered import Tempered

Floats = NDArray[np.float64]
PRIOR_DRAWS = 2000  # that the posterior is held against
TAILS = (0.05, 0.5, 0.95)
SET_BY_THE_PRIOR = 0.9  # of the prior's standard deviation, where the mean stays near, see below
STAYS = 0.5  # prior standard deviations
DRAWS, NETCDF, SUMMARY, EVIDENCE, UNKNOWNS = (
    *("draws.parquet", "posterior.nc", "summary.csv", "evidence.json", "unknowns.npz"),
)
LOG_LIKELIHOOD, LOG_PRIOR = "log_likelihood", "log_prior"


def set_by_the_prior(after: Floats, before: Floats) -> NDArray[np.bool_]:
    """Return of which parameters the data said next to nothing.

    At least 0.9 of the prior's standard deviation is left, and the mean has moved by less than half
    of it: a spread alone can stay as wide where the whole of it has moved.

    Args:
        after: Draws of the posterior (draw, parameter).
        before: Draws of the prior (draw, parameter).
    """
    sd = before.std(axis=0)
    moved = np.abs(after.mean(axis=0) - before.mean(axis=0))
    found: NDArray[np.bool_] = (after.std(axis=0) >= SET_BY_THE_PRIOR * sd) & (moved < STAYS * sd)
    return found


def evidence_of(particles: Tempered) -> dict[str, Any]:
    """Return what particles came to, as `evidence.json` holds it."""
    names = ("power", "effective_share", "log_evidence", "taken", "calls")
    return {
        "log_evidence": float(particles.log_evidence),
        "error": float(particles.error),
        "families": int(particles.families),
        "particles": int(particles.unknowns.shape[1]),
        "steps": [dict(zip(names, row, strict=True)) for row in particles.history.tolist()],
    }


@dataclass(frozen=True)
class Posterior:
    """Draws of the unknowns of one theory.

    Attributes:
        prior: What was believed before.
        theta: Natural values, array (chain, draw, parameter).
        log_likelihood: Array (chain, draw).
        diagnosis: Of each parameter and, last, of the log likelihood.
        unknowns: Whole draws with their slow noise, as standard normals, array (draw, dimension).
        unknowns_log_likelihood: Their log likelihoods, array (draw,).
        evidence: What tempering came to: `log_evidence`, its `error`, `families`, `steps`.
        seed: The seed.
    """

    prior: Prior
    theta: Floats
    log_likelihood: Floats
    diagnosis: Diagnosis
    unknowns: Floats
    unknowns_log_likelihood: Floats
    evidence: dict[str, Any]
    seed: int

    @classmethod
    def of(cls, prior: Prior, chains: Chains, evidence: dict[str, Any], seed: int) -> Posterior:
        """Return what finished chains came to, beside what `evidence_of` says of particles."""
        z = chains.parameters
        flat = prior.natural(z.reshape(-1, z.shape[2]).T.copy())
        whole, values = chains.kept
        return cls(
            prior=prior,
            theta=flat.T.reshape(z.shape).copy(),
            log_likelihood=chains.traced,
            diagnosis=chains.diagnosis(),
            unknowns=whole,
            unknowns_log_likelihood=values,
            evidence=evidence,
            seed=seed,
        )

    def summary(self) -> pd.DataFrame:
        """Return a row for each parameter and, last, one for the log likelihood.

        Columns: mean, standard deviation and 5 %, 50 % and 95 % quantiles; mean and standard
        deviation of the prior; how much of the prior's spread is left; what each parameter's
        chains say of themselves.
        """
        import pandas as pd

        before = self.prior.sample(PRIOR_DRAWS, self.seed)
        after = self.theta.reshape(-1, self.theta.shape[2])
        everything = np.column_stack([after, self.log_likelihood.reshape(-1)])
        low, median, high = np.quantile(everything, TAILS, axis=0)
        none = np.array([np.nan])
        sd, prior_sd = everything.std(axis=0), np.concatenate([before.std(axis=0), none])
        units = [parameter.unit for parameter in self.prior.parameters]
        return pd.DataFrame(
            {
                "name": [*self.prior.names, LOG_LIKELIHOOD],
                "unit": [*units, "nats"],
                "mean": everything.mean(axis=0),
                "sd": sd,
                "q05": low,
                "median": median,
                "q95": high,
                "prior_mean": np.concatenate([before.mean(axis=0), none]),
                "prior_sd": prior_sd,
                "sd_ratio": sd / prior_sd,
                "set_by_the_prior": [*set_by_the_prior(after, before), False],
                "rhat": self.diagnosis.rhat,
                "nested_rhat": self.diagnosis.nested_rhat,
                "ess_bulk": self.diagnosis.ess_bulk,
                "ess_tail": self.diagnosis.ess_tail,
            }
        )

    def write(self, folder: Path) -> list[str]:
        """Write all files into a folder; return their names.

        The NetCDF file is left out where netCDF4 or xarray is not installed.
        """
        columns = self._columns()
        write_whole(folder / DRAWS, lambda part: _put_parquet(part, columns))
        table = self.summary().to_csv(index=False, lineterminator="\n")
        write_text(folder / SUMMARY, table)
        write_text(folder / EVIDENCE, json.dumps(self.evidence, indent=2) + "\n")
        write_whole(folder / UNKNOWNS, self._put_unknowns)
        found = [DRAWS, SUMMARY, EVIDENCE, UNKNOWNS]
        if find_spec("netCDF4") is not None and find_spec("xarray") is not None:
            write_whole(folder / NETCDF, self._put_netcdf)
            found.append(NETCDF)
        return found

    def _columns(self) -> dict[str, NDArray[Any]]:
        chains, draws = self.log_likelihood.shape
        flat = self.theta.reshape(chains * draws, -1)
        return {
            "chain": np.repeat(np.arange(chains, dtype=np.int32), draws),
            "draw": np.tile(np.arange(draws, dtype=np.int32), chains),
            **{name: flat[:, k].copy() for k, name in enumerate(self.prior.names)},
            LOG_LIKELIHOOD: self.log_likelihood.reshape(-1),
            LOG_PRIOR: np.asarray(self.prior.logpdf(flat)),
        }

    def _put_unknowns(self, part: Path) -> None:
        buffer = io.BytesIO()
        np.savez(
            buffer,
            allow_pickle=False,
            unknowns=self.unknowns,
            log_likelihood=self.unknowns_log_likelihood,
        )
        part.write_bytes(buffer.getvalue())

    def _put_netcdf(self, part: Path) -> None:
        """Write groups as ArviZ names them: posterior, prior, sample_stats."""
        import xarray as xr

        names = self.prior.names
        before = self.prior.sample(PRIOR_DRAWS, self.seed)[None]
        flat = self._columns()[LOG_PRIOR].reshape(self.log_likelihood.shape)
        groups = {
            "posterior": {name: self.theta[:, :, k] for k, name in enumerate(names)},
            "prior": {name: before[:, :, k] for k, name in enumerate(names)},
            "sample_stats": {"lp": self.log_likelihood + flat, LOG_LIKELIHOOD: self.log_likelihood},
        }
        for place, (group, values) in enumerate(groups.items()):
            chains, draws = next(iter(values.values())).shape
            found = xr.Dataset(
                {name: (("chain", "draw"), array) for name, array in values.items()},
                coords={"chain": np.arange(chains), "draw": np.arange(draws)},
                attrs={"scenario": self.prior.scenario.name, "theory": self.prior.theory.name},
            )
            found.to_netcdf(
                part,
                group=group,
                mode="a" if place else "w",
                format="NETCDF4",
                engine="netcdf4",
            )


def _put_parquet(part: Path, columns: dict[str, NDArray[Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), part, compression="zstd")
