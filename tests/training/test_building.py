"""Networks built from their plan and given weights."""

import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from torch import nn

from skeletonlearn import ConMLPEmbedder, GRUClassifier, SkeletonRegressor
from skeletonlearn._training.building import as_json, build_with, check_arrays, check_encoder, check_same_structure
from skeletonlearn._training.seeding import _TURN
from skeletonlearn._training.state import module_arrays
from skeletonlearn.nn import ENCODERS, DecoderPlan, EncoderPlan, NetworkPlan, PredictionPlan, ProjectionPlan

SHAPE = (9, 5, 3)
X = np.random.default_rng(0).normal(size=(8, *SHAPE)).astype(np.float32)
TOPS = {
    "projection": (ProjectionPlan(4, 2),),
    "projection and decoder": (ProjectionPlan(4, 1), DecoderPlan()),
    "classes": (PredictionPlan(3),),
    "numbers": (PredictionPlan(2, rescaled=True),),
}


class Own(nn.Module):
    """A user's own encoder, with a lazy layer and a buffer that no state dict has."""

    def __init__(self, n_frames, n_joints, n_channels):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(n_frames * n_joints * n_channels, 6), nn.LazyLinear(4))
        self.register_buffer("scale", torch.full((4,), 2.0), persistent=False)

    def forward(self, x):
        return self.layers(x) * self.scale


def plan(encoder, tops, shape=SHAPE):
    return NetworkPlan(EncoderPlan(shape, encoder, ("joint", "motion"), None, hidden_dim=8, dropout=None), tops)


def output(networks):
    with torch.no_grad():
        embeddings = networks.eval()["encoder"](torch.from_numpy(X))
        return [embeddings, *(top(embeddings) for name, top in networks.items() if name != "encoder")]


every_encoder = pytest.mark.parametrize("encoder", [*ENCODERS, Own])


@pytest.mark.parametrize("tops", TOPS.values(), ids=TOPS)
@every_encoder
def test_networks_with_given_weights_compute_the_same(encoder, tops):
    built = plan(encoder, tops).build()
    again = build_with(plan(encoder, tops), module_arrays(built))
    assert again.training
    for value, expected in zip(output(again), output(built), strict=True):
        torch.testing.assert_close(value, expected, rtol=0, atol=0)


@every_encoder
def test_sequences_of_no_common_length_are_built_for_too(encoder):
    of_any_length = plan(encoder, TOPS["classes"], (None, 5, 3))
    arrays = module_arrays(of_any_length.build())
    assert module_arrays(build_with(of_any_length, arrays)).keys() == arrays.keys()


@every_encoder
def test_building_leaves_the_global_generator_as_it_was(encoder):
    arrays = module_arrays(plan(encoder, TOPS["projection and decoder"]).build())
    before = torch.get_rng_state()
    build_with(plan(encoder, TOPS["projection and decoder"]), arrays)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.fixture
def fit_in_another_thread():
    """Another thread that holds the turn to draw, as a fit does, until the test ends or half a minute has passed."""
    held, ended, ended_in_time = threading.Event(), threading.Event(), []

    def fit():
        with _TURN:
            held.set()
            ended_in_time.append(ended.wait(30))

    thread = threading.Thread(target=fit)
    thread.start()
    held.wait()
    yield
    ended.set()
    thread.join()
    assert ended_in_time == [True]


SMALL = {"hidden_dim": 8, "max_epochs": 1, "random_state": 0, "streams": ("joint",)}
FITTED = {
    "ConMLPEmbedder": ConMLPEmbedder("mlp", reconstruction_weight=1.0, **SMALL),
    "own encoder": ConMLPEmbedder(Own, **SMALL),
    "GRUClassifier": GRUClassifier(**SMALL),
    "SkeletonRegressor": SkeletonRegressor("tcn", **SMALL),
}


@pytest.fixture(params=FITTED)
def unpickled(request):
    return pickle.loads(pickle.dumps(FITTED[request.param].fit(X, np.arange(8) % 3)))


def test_the_first_rows_of_an_unpickled_estimator_do_not_wait_for_a_fit(unpickled, fit_in_another_thread):
    method = "transform" if hasattr(unpickled, "transform") else "predict"
    assert len(getattr(unpickled, method)(X)) == len(X)


_FIRST_ROWS = """
import pickle, sys
import numpy as np
X, *fitted = pickle.load(open(sys.argv[1], "rb"))
for estimator in fitted:
    (estimator.transform if hasattr(estimator, "transform") else estimator.predict)(X)
print(sorted(name for name in ("torch._dynamo", "sympy") if name in sys.modules))
"""


def test_the_first_rows_of_unpickled_estimators_import_no_more_of_torch(tmp_path):
    kinds = [ConMLPEmbedder(encoder, **SMALL) for encoder in ENCODERS]
    fitted = [estimator.fit(X, np.arange(8) % 3) for estimator in [*kinds, SkeletonRegressor("tcn", **SMALL)]]
    (tmp_path / "fitted").write_bytes(pickle.dumps([X, *fitted]))
    command = [sys.executable, "-c", _FIRST_ROWS, str(tmp_path / "fitted")]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert run.stdout.strip() == "[]"


# what does not fit


def test_weights_of_other_shapes_are_refused_by_name():
    arrays = module_arrays(plan("mlp", TOPS["classes"]).build())
    with pytest.raises(ValueError, match=r"head.heads.0.* float32 of shape \(3, 8\) there, .*\(5, 8\) here"):
        build_with(plan("mlp", (PredictionPlan(5),)), arrays)


def test_weights_of_another_encoder_are_refused_by_name_and_counted():
    arrays = module_arrays(plan("mlp", TOPS["classes"]).build())
    with pytest.raises(ValueError, match=r"The weights do not fit: encoder\..* absent .*; and \d+ more\. Parameters"):
        build_with(plan("tcn", TOPS["classes"]), arrays)


def test_weights_of_another_type_are_refused():
    networks = nn.ModuleDict({"layer": nn.Linear(2, 1, bias=False)})
    check_arrays({"layer.weight": np.zeros((1, 2), dtype=np.float32)}, networks)
    with pytest.raises(ValueError, match=r"float64 of shape \(1, 2\) there, float32 of shape \(1, 2\) here"):
        check_arrays({"layer.weight": np.zeros((1, 2))}, networks)


def test_structures_that_differ_are_refused_by_all_names_that_do():
    check_same_structure({"a": 1}, {"a": 1}, "They differ")
    with pytest.raises(ValueError, match=r"They differ: a is 1 there, 2 here; b is None there, 'x' here\. Expected"):
        check_same_structure({"a": 1, "c": 0}, {"a": 2, "b": "x", "c": 0}, "They differ")


def test_a_description_is_as_json_gives_it_back():
    assert as_json({"streams": ("joint",), "width": np.int64(8)}) == {"streams": ["joint"], "width": 8}


def huge(n_frames, n_joints, n_channels):
    return nn.Sequential(nn.Flatten(), nn.Linear(10**6, 10**6), nn.Linear(10**6, 4))


def test_an_encoder_that_no_memory_holds_is_refused_before_it_is_built():
    arrays = module_arrays(plan("mlp", ()).build())
    with pytest.raises(ValueError, match=r"float32 of shape \(1000000, 1000000\) here"):
        check_encoder(plan(huge, ()), arrays)


@pytest.mark.parametrize("encoder", [Own, lambda *shape: nn.Linear(int(torch.ones(()).item()), 4)])
def test_an_encoder_whose_shapes_show_only_later_is_not_refused(encoder):
    check_encoder(plan(encoder, ()), {})
