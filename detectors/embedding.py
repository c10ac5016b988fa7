"""Neighbours in the code space of the article's autoencoder."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Floats, Train, detector

from .autoencoder import OnAutoencoder


@detector(
    family="neighbours",
    complexity="n d + n²",
    requires=("torch",),
    gpu=True,
    cost=4,
    flaws=("leave-one-out",),
)
@dataclass(eq=False)
class AutoencoderNeighbours(OnAutoencoder):
    """Distance to the k-th nearest training row between codes of an autoencoder (Bergman et al., 2020).

    (There the codes are those of a network trained on other images.)
    ``n_neighbors`` is k, or all rows where there are fewer. Its own threshold is the distance that a fraction
    ``contamination`` of the training rows exceeds; a training row is not its own neighbour there.
    """

    n_neighbors: int = 5
    contamination: float = 0.1

    def fit(self, train: Train) -> None:
        import numpy as np
        from sklearn.neighbors import NearestNeighbors

        self.encode = train.stage.encode
        codes = self.encode(train.X)
        self.neighbours = NearestNeighbors(n_neighbors=min(self.n_neighbors, len(codes) - 1)).fit(codes)
        self.threshold = float(np.quantile(self.leave_one_out(), 1 - self.contamination))

    def leave_one_out(self) -> Floats:
        """Distances between codes; those of another autoencoder would be on another scale."""
        return self.neighbours.kneighbors()[0][:, -1]

    def score(self, X: Floats) -> Floats:
        return self.neighbours.kneighbors(self.encode(X))[0][:, -1]
