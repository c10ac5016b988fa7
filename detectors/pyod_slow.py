"""Detectors of PyOD (Zhao et al., JMLR 2019) that are slow, or compare the rows of a batch."""

from __future__ import annotations

from bench import estimator

from ._fast import FAST
from ._pyod_compiled import (
    CompiledCOF,
    CompiledLMDD,
    CompiledLOCI,
    CompiledRGraph,
    CompiledSOD,
    CompiledSOS,
)
from ._pyod_vectorised import InvertedCD, VectorisedROD

cd = estimator(
    "pyod.models.cd.CD",
    "Mean of Cook's distances, each column regressed on the others (Cook, 1977).",
    params=FAST, adapter=InvertedCD, family="linear", complexity="n d³", deterministic=True, cost=40,
    slow=True, flaws=("batch", "one-column"),
)  # fmt: skip
cof = estimator(
    "pyod.models.cof.COF",
    "Connectivity-based outlier factor, by chains of neighbours (Tang et al., 2002).",
    params=FAST, adapter=CompiledCOF, family="neighbours", complexity="n² d", deterministic=True,
    cost=0.6, flaws=("batch",),
)  # fmt: skip
lmdd = estimator(
    "pyod.models.lmdd.LMDD",
    "By how much leaving a row out makes a set more alike: linear method (Arning et al., 1996).",
    params=FAST, adapter=CompiledLMDD, family="linear", complexity="n d", cost=2, flaws=("batch",),
)  # fmt: skip
loci = estimator(
    "pyod.models.loci.LOCI",
    "Local correlation integral: neighbours counted at all radii (Papadimitriou et al., 2003).",
    params=FAST, adapter=CompiledLOCI, family="neighbours", complexity="n³", deterministic=True,
    cost=3, flaws=("batch",),
)  # fmt: skip
rgraph = estimator(
    "pyod.models.rgraph.RGraph",
    "Rarely visited by a random walk between rows that rebuild each other (You et al., 2017).",
    params={"verbose": False, **FAST}, adapter=CompiledRGraph, family="graphical", complexity="n² d",
    deterministic=True, cost=20, slow=True, flaws=("batch", "direction"),
)  # fmt: skip
# It looks at all triples of columns: 256 columns have 2.8 million.
rod = estimator(
    "pyod.models.rod.ROD",
    "Rotation-based outlier detection around the median of three columns (Almardeny et al., 2020).",
    params=FAST, adapter=VectorisedROD, modalities=("table",), family="linear", complexity="n d³",
    deterministic=True, cost=1000, slow=True, flaws=("batch",),
)  # fmt: skip
sod = estimator(
    "pyod.models.sod.SOD",
    "Subspace outlier degree: distance to neighbours in columns where those agree (Kriegel et al., 2009).",
    params=FAST, adapter=CompiledSOD, family="neighbours", complexity="n² d", deterministic=True,
    cost=0.6, flaws=("batch",),
)  # fmt: skip
sos = estimator(
    "pyod.models.sos.SOS",
    "Stochastic outlier selection: probability that no other row is bound to it (Janssens et al., 2012).",
    params=FAST, adapter=CompiledSOS, family="neighbours", complexity="n² d", deterministic=True,
    cost=1, flaws=("batch", "direction"),
)  # fmt: skip
