"""Networks of PyOD (Zhao et al., JMLR 2019), with its own parameters."""

from __future__ import annotations

from bench import estimator

from ._fast import FAST
from ._pyod_adversarial import QuickALAD, QuickMOGAAL, QuickNewGAAL, QuickSOGAAL
from ._pyod_gradients import QuickAE1SVM, QuickAutoEncoder, QuickDeepSVDD, QuickVAE
from ._pyod_lunar import QuickLUNAR
from ._pyod_quick import QuickAnoGAN, QuickDevNet

ae1svm = estimator(
    "pyod.models.ae1svm.AE1SVM",
    "Error of an autoencoder trained along with a one-class SVM on its code (Nguyen and Vien, 2018).",
    params=FAST, adapter=QuickAE1SVM, requires=("torch",), family="reconstruction", complexity="n d",
    cost=2,
)  # fmt: skip
alad = estimator(
    "pyod.models.alad.ALAD",
    "Error, as its discriminator sees it, of a GAN that also encodes (Zenati et al., 2018).",
    params=FAST, adapter=QuickALAD, requires=("torch",), family="reconstruction", complexity="d", cost=0.3,
    flaws=("direction",),
)  # fmt: skip
anogan = estimator(
    "pyod.models.anogan.AnoGAN",
    "Distance to what a GAN generates (Schlegl et al., 2017).",
    params=FAST, adapter=QuickAnoGAN, requires=("torch",), family="reconstruction", complexity="n d",
    cost=6, slow=True,
)  # fmt: skip
deep_svdd = estimator(
    "pyod.models.deep_svdd.DeepSVDD",
    "Distance to the centre of a sphere into which a network maps the rows (Ruff et al., 2018).",
    params={"verbose": 0, **FAST}, adapter=QuickDeepSVDD, requires=("torch",), family="neural",
    complexity="n d", cost=0.7,
)  # fmt: skip
devnet = estimator(
    "pyod.models.devnet.DevNet",
    "Deviation network: labelled anomalies are to score far above a Gaussian reference (Pang et al., 2019).",
    params=FAST, adapter=QuickDevNet, labels=True, requires=("torch",), family="classifier",
    complexity="n d", cost=1.5,
)  # fmt: skip
lunar = estimator(
    "pyod.models.lunar.LUNAR",
    "A network weighs the distances to the nearest rows (Goodge et al., 2022).",
    params=FAST, adapter=QuickLUNAR, requires=("torch",), family="neural", complexity="n² d", cost=5,
    slow=True, flaws=("leave-one-out",),
)  # fmt: skip
mo_gaal = estimator(
    "pyod.models.mo_gaal.MO_GAAL",
    "A discriminator learns from several generators of anomalies (Liu et al., 2019).",
    params=FAST, adapter=QuickMOGAAL, requires=("torch",), family="neural", complexity="n d²", cost=2,
)  # fmt: skip
pyod_autoencoder = estimator(
    "pyod.models.auto_encoder.AutoEncoder",
    "Reconstruction error of PyOD's autoencoder (Aggarwal, 2015).",
    params={"verbose": 0, **FAST}, adapter=QuickAutoEncoder, requires=("torch", "tqdm"),
    family="reconstruction", complexity="n d", cost=0.3,
)  # fmt: skip
pyod_vae = estimator(
    "pyod.models.vae.VAE",
    "Reconstruction error of PyOD's variational autoencoder (Kingma and Welling, 2014).",
    params={"verbose": 0, **FAST}, adapter=QuickVAE, requires=("torch", "tqdm"),
    family="reconstruction", complexity="n d", cost=1.3,
)  # fmt: skip
so_gaal = estimator(
    "pyod.models.so_gaal.SO_GAAL",
    "A discriminator learns from one generator of anomalies (Liu et al., 2019).",
    params=FAST, adapter=QuickSOGAAL, requires=("torch",), family="neural", complexity="n d²", cost=1.3,
)  # fmt: skip
so_gaal_new = estimator(
    "pyod.models.so_gaal_new.SO_GAAL",
    "A discriminator learns from one generator of anomalies, PyOD's newer version (Liu et al., 2019).",
    params={"preprocessing": False, "verbose": 0, **FAST}, adapter=QuickNewGAAL,
    requires=("torch", "tqdm"), family="neural", complexity="n d²", cost=0.8, flaws=("direction",),
)  # fmt: skip
