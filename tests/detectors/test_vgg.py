"""VGG-16's features, with a network of random weights in place of torchvision's."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from bench.plugins.registry import load_registry


@pytest.fixture
def vgg(monkeypatch):
    """The extractors of VGG-16 with a small network of random weights, and the images that it was given."""
    import torch

    torch.manual_seed(0)
    seen = []

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.convolution = torch.nn.Conv2d(3, 512, 32, 32)
            self.avgpool = torch.nn.AdaptiveAvgPool2d(1)
            layers = [torch.nn.Linear(512, 4096), torch.nn.Dropout(), torch.nn.Linear(4096, 1000)]
            self.classifier = torch.nn.Sequential(*layers)

        def features(self, images):
            seen.append(images)
            return self.convolution(images)

    loads = []
    torchvision, models = types.ModuleType("torchvision"), types.ModuleType("torchvision.models")
    models.vgg16 = lambda weights: loads.append(weights) or Network()
    monkeypatch.setitem(sys.modules, "torchvision", torchvision)
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    extractors = load_registry(installed=False).features
    network_of = extractors["vgg16"].extract.__globals__["_network"]
    network_of.cache_clear()
    yield extractors, seen, loads
    network_of.cache_clear()


def test_vgg16_gets_images_as_it_was_trained_on(vgg):
    extractors, seen, _ = vgg
    X = np.vstack([np.linspace(-3, 5, 60), np.full(60, 2.0)])
    extractors["vgg16"].extract(X, (6, 10))
    [images] = seen
    assert images.shape == (2, 3, 224, 224)
    mean = np.array([0.485, 0.456, 0.406])
    deviation = np.array([0.229, 0.224, 0.225])
    assert np.allclose(images[0].amin((1, 2)), -mean / deviation, atol=1e-5)
    assert np.allclose(images[0].amax((1, 2)), (1 - mean) / deviation, atol=1e-5)
    assert np.allclose(images[1].amax((1, 2)), -mean / deviation, atol=1e-5)  # constant: black
    assert (images[0].diff(dim=1) >= 0).all()  # rows of pixels follow one another: brighter downwards


@pytest.mark.parametrize(("name", "columns"), [("vgg16", 4096), ("vgg16_channels", 512)])
def test_vgg16_is_loaded_once_and_its_features_depend_on_the_row_alone(vgg, name, columns):
    extractors, _, loads = vgg
    X = np.random.default_rng(5).random((35, 64))
    X[1] = 0
    together = extractors[name].extract(X, (8, 8))
    alone = extractors[name].extract(X[33:34], (8, 8))
    assert (together.shape, together.dtype) == ((35, columns), np.float64)
    assert np.isfinite(together).all()
    assert np.allclose(together[33:34], alone, atol=1e-5)
    assert loads == ["IMAGENET1K_V1"]
