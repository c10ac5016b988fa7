"""Features of images from a network that was trained on ImageNet."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import Floats, features

from ._unit_range import in_unit_range

if TYPE_CHECKING:
    import torch

SIDE = 224
BATCH = 32
# Of the images that the network was trained on, by colour.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@features(modalities=("image",), requires=("torch", "torchvision"))
def vgg16(X: Floats, shape: tuple[int, ...]) -> Floats:
    """The 4096 values of the last hidden layer of VGG-16 (Simonyan and Zisserman, 2015).

    Each image is stretched to the range from 0 to 1, enlarged to 224 x 224 pixels, repeated for three
    colours and normalised as ImageNet is. The weights (528 MB) are downloaded by torchvision when they
    are first used, within the first trial's time limit; to have them before:
    ``python -c "import torchvision; torchvision.models.vgg16(weights='IMAGENET1K_V1')"``.
    An image takes about half a second on a core; a GPU is used if the run may use one.
    """
    return _through(_hidden_layer, X, shape)


@features(modalities=("image",), requires=("torch", "torchvision"))
def vgg16_channels(X: Floats, shape: tuple[int, ...]) -> Floats:
    """The means of the 512 channels of VGG-16's last convolution (Simonyan and Zisserman, 2015).

    Images and weights as for ``vgg16``. Where in the image something is makes little difference.
    """
    return _through(_channel_means, X, shape)


def _hidden_layer(network: Any, images: torch.Tensor) -> torch.Tensor:
    return network.classifier[:-1](network.avgpool(network.features(images)).flatten(1))


def _channel_means(network: Any, images: torch.Tensor) -> torch.Tensor:
    return network.features(images).mean((2, 3))


def _through(layer: Callable[[Any, torch.Tensor], torch.Tensor], X: Floats, shape: tuple[int, ...]) -> Floats:
    import torch

    from bench import device

    where = "cuda" if device() == "cuda" and torch.cuda.is_available() else "cpu"
    network = _network(where)
    found = []
    with torch.inference_mode():
        for start in range(0, len(X), BATCH):
            images = _prepared(X[start : start + BATCH], shape).to(where)
            found.append(layer(network, images).double().cpu().numpy())
    return np.concatenate(found)


@cache
def _network(where: str) -> Any:
    from torchvision.models import vgg16

    return vgg16(weights="IMAGENET1K_V1").eval().to(where)


def _prepared(X: Floats, shape: tuple[int, ...]) -> torch.Tensor:
    """Images as the network takes them, shape (n, 3, 224, 224)."""
    import torch

    grey = torch.as_tensor(in_unit_range(X), dtype=torch.float32).reshape(-1, 1, *shape)
    enlarged = torch.nn.functional.interpolate(grey, (SIDE, SIDE), mode="bilinear", antialias=True)
    mean, deviation = (torch.tensor(values).reshape(3, 1, 1) for values in (MEAN, DEVIATION))
    return (enlarged - mean) / deviation
