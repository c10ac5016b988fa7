"""A one-class support vector machine for many rows."""

from __future__ import annotations

import numpy as np

from bench import Floats, Train, detector


# The gradient descent of scikit-learn draws from the global generators, whatever its own seed is.
@detector(
    family="boundary", complexity="n (d + components) components", requires=("sklearn",), cost=0.5,
    flaws=("global-random-state",),
)  # fmt: skip
class NystroemOneClassSVM:
    """Linear one-class SVM on a Nystroem map of the Gaussian kernel (Williams and Seeger, 2001).

    What `one_class_svm` does, at a cost that grows with the rows and not with their square: the kernel is
    approximated with ``n_components`` training rows, the boundary found by stochastic gradient descent.
    ``nu`` is about the fraction of training rows outside; ``gamma`` is a number or, as in scikit-learn's
    OneClassSVM, "scale": 1 / (d v) with d columns and the variance v of all values. Rows are taken as they
    are: a dataset whose columns differ in scale asks the harness to standardise them. The threshold is the
    boundary.
    """

    def __init__(self, nu: float = 0.1, gamma: float | str = "scale", n_components: int = 200) -> None:
        self.nu = nu
        self.gamma = gamma
        self.n_components = n_components

    def fit(self, train: Train) -> None:
        from sklearn.kernel_approximation import Nystroem
        from sklearn.linear_model import SGDOneClassSVM
        from sklearn.pipeline import make_pipeline

        X = np.asarray(train.X, dtype=np.float64)
        n, d = X.shape
        gamma = 1 / (d * X.var() or 1.0) if self.gamma == "scale" else self.gamma
        kernel_map = Nystroem(gamma=gamma, n_components=min(self.n_components, n), random_state=train.seed)
        # With the library's own schedule of steps the fraction of rows outside can be half or twice nu.
        svm = SGDOneClassSVM(nu=self.nu, learning_rate="adaptive", eta0=0.1, random_state=train.seed)
        self.model = make_pipeline(kernel_map, svm).fit(X)
        self.threshold = 0.0

    def score(self, X: Floats) -> Floats:
        return -self.model.decision_function(np.asarray(X, dtype=np.float64))
