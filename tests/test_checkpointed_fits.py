"""Estimators whose fit was cut off: fitted again, they end with the bits of a fit that was not."""

import errno
import itertools
import os
import pickle
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skeletonlearn import ConMLPEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier, SkeletonRegressor
from skeletonlearn._training import loop
from skeletonlearn._training.fingerprint import _NOT_COMPARED
from skeletonlearn.augmentation import Jitter, Rotate
from skeletonlearn.datasets import make_actions
from skeletonlearn.losses import CLASSIFICATION_LOSSES, CONTRASTIVE_LOSSES, REGRESSION_LOSSES
from skeletonlearn.preprocessing import JointImputer, make_skeleton_pipeline
from skeletonlearn.skeletons import KINECT_V1

SMALL = {"hidden_dim": 8, "max_epochs": 4, "batch_size": 8, "dropout": 0.3, "random_state": 0}
ESTIMATORS = {
    "ConMLPEmbedder": ConMLPEmbedder("mlp", reconstruction_weight=0.5, **SMALL),
    "SkeletonClassifier": SkeletonClassifier("tcn", streams=("joint",), **SMALL),
    "GRUClassifier": GRUClassifier(**SMALL),
    "LSTMClassifier": LSTMClassifier(**SMALL),
    "SkeletonRegressor": SkeletonRegressor("mixer", streams=("joint",), **SMALL),
}
every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS.values(), ids=ESTIMATORS)


@pytest.fixture(scope="module")
def actions():
    return make_actions(24, n_classes=3, n_frames=(6, 12), random_state=0)


@pytest.fixture(scope="module")
def X(actions):
    return make_skeleton_pipeline(actions.skeleton, n_frames=8).fit_transform(actions.sequences).astype(np.float32)


@pytest.fixture(scope="module")
def ragged(actions):
    return JointImputer(skeleton=actions.skeleton).fit_transform(actions.sequences)


@pytest.fixture(scope="module")
def y(actions):
    return actions.target


@pytest.fixture(scope="module")
def embedder(X, y):
    return ConMLPEmbedder("mlp", **SMALL).fit(X, y)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.checkpoint"


class CutOff(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def stopped_after(monkeypatch):
    """A block in which fits raise an error when so many epochs are kept and the next one is done, but not kept."""

    @contextmanager
    def stopped_after(n_epochs, error):
        train_epoch, runs = loop.train_epoch, itertools.count()

        def stopped(*args, **kwargs):
            losses = train_epoch(*args, **kwargs)
            if next(runs) == n_epochs:
                raise error
            return losses

        with monkeypatch.context() as patch:
            patch.setattr(loop, "train_epoch", stopped)
            yield

    return stopped_after


@pytest.fixture
def cut_off(stopped_after):
    """Cut a fit off in the epoch after so many."""

    def cut_off(estimator, *data, n_epochs=2, **more):
        with stopped_after(n_epochs, CutOff), pytest.raises(CutOff):
            estimator.fit(*data, **more)
        return estimator

    return cut_off


def with_changes(estimator, **changes):
    return clone(estimator).set_params(**changes)


def assert_same_bits(got, expected):
    assert got.history_ == expected.history_
    assert got.network_state_.keys() == expected.network_state_.keys()
    for name, array in expected.network_state_.items():
        np.testing.assert_array_equal(got.network_state_[name], array, err_msg=name)


@every_estimator
@pytest.mark.parametrize("n_epochs", [0, 1, 3])
def test_a_fit_that_was_cut_off_ends_with_the_bits_of_one_that_was_not(estimator, n_epochs, X, y, path, cut_off):
    undisturbed = clone(estimator).fit(X, y)
    cut_off(with_changes(estimator, checkpoint=path), X, y, n_epochs=n_epochs)
    torch.manual_seed(1)
    resumed = with_changes(estimator, checkpoint=path).fit(X, y)
    assert_same_bits(resumed, undisturbed)
    assert resumed.n_iter_ == 4


@every_estimator
def test_a_fit_that_was_cut_off_again_and_again_ends_with_the_same_bits(estimator, X, y, path, cut_off):
    checkpointed = with_changes(estimator, checkpoint=path)
    for n_epochs in (1, 0, 1, 1):
        cut_off(checkpointed, X, y, n_epochs=n_epochs)
    assert_same_bits(checkpointed.fit(X, y), clone(estimator).fit(X, y))


@every_estimator
def test_only_the_epochs_that_were_not_kept_are_trained_again(estimator, X, y, path, cut_off, monkeypatch):
    cut_off(with_changes(estimator, checkpoint=path), X, y, n_epochs=3)
    train_epoch, epochs = loop.train_epoch, []
    monkeypatch.setattr(loop, "train_epoch", lambda *args: epochs.append(1) or train_epoch(*args))
    with_changes(estimator, checkpoint=path).fit(X, y)
    assert len(epochs) == 1


CHANGES = [
    {"optimizer": "adamw"},
    {"optimizer": "adam"},
    {"optimizer": "sgd"},
    {"schedule": "constant", "warmup_epochs": 0},
    {"early_stopping": True, "validation_fraction": 0.3},
    {"early_stopping": True, "validation_fraction": 0.3, "max_epochs": 12, "n_iter_no_change": 1, "tol": 10.0},
    {"augmentation": None},
    {"augmentation": Jitter(0.05)},
    {"augmentation": lambda batch, generator: batch + torch.randn(batch.shape, generator=generator)},
    {"fusion": "late", "skeleton": KINECT_V1, "streams": ("joint", "bone")},
    {"learning_rate": np.float32(0.01), "tol": np.float32(0.1), "early_stopping": True, "max_epochs": np.int64(4)},
]


@every_estimator
@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: "-".join(changes))
def test_whatever_the_parameters_are_the_bits_are_the_same(estimator, changes, X, y, path, cut_off):
    changed = with_changes(estimator, **changes)
    undisturbed = clone(changed).fit(X, y)
    cut_off(with_changes(changed, checkpoint=path), X, y, n_epochs=1)
    assert_same_bits(with_changes(changed, checkpoint=path).fit(X, y), undisturbed)


def test_early_stopping_counts_the_epochs_before_it_was_cut_off(X, y, path, cut_off):
    changes = {"early_stopping": True, "n_iter_no_change": 3, "tol": 10.0, "max_epochs": 20, "checkpoint": path}
    stopping = with_changes(ESTIMATORS["SkeletonClassifier"], **changes)
    cut_off(stopping, X, y, n_epochs=2)
    assert stopping.fit(X, y).n_iter_ == 4


@every_estimator
def test_a_fit_without_a_random_state_resumes_with_the_seed_that_it_drew(estimator, X, y, tmp_path, cut_off):
    first, second = (with_changes(estimator, random_state=None, checkpoint=tmp_path / name) for name in "ab")
    cut_off(first, X, y, n_epochs=0)
    shutil.copy(tmp_path / "a", tmp_path / "b")
    cut_off(second, X, y, n_epochs=2)
    assert_same_bits(second.fit(X, y), first.fit(X, y))


def test_a_random_state_that_begins_alike_resumes_and_one_that_was_drawn_from_is_refused(X, y, path, cut_off):
    estimator = ESTIMATORS["GRUClassifier"]
    undisturbed = with_changes(estimator, random_state=np.random.RandomState(3)).fit(X, y)
    drawn_from = clone(estimator).set_params(random_state=np.random.RandomState(3), checkpoint=path)
    cut_off(drawn_from, X, y)
    with pytest.raises(ValueError, match="differs in random_state"):
        drawn_from.fit(X, y)
    resumed = clone(estimator).set_params(random_state=np.random.RandomState(3), checkpoint=path).fit(X, y)
    assert_same_bits(resumed, undisturbed)


@pytest.mark.parametrize("name", ["GRUClassifier", "LSTMClassifier"])
@pytest.mark.parametrize("loss", ["cross_entropy", "temporal_cross_entropy"])
def test_sequences_of_different_lengths_resume_too(name, loss, ragged, y, path, cut_off):
    estimator = with_changes(ESTIMATORS[name], loss=loss)
    undisturbed = clone(estimator).fit(ragged, y)
    checkpointed = cut_off(with_changes(estimator, checkpoint=path), ragged, y)
    with pytest.raises(ValueError, match="differs in X:"):
        checkpointed.fit([ragged[1], ragged[0], *ragged[2:]], y)
    assert_same_bits(checkpointed.fit(ragged, y), undisturbed)


@pytest.mark.parametrize("freeze", [False, True])
def test_a_classifier_on_a_pretrained_encoder_resumes_from_a_copy_of_that_encoder(
    freeze, embedder, X, y, path, cut_off
):
    estimator = SkeletonClassifier(pretrained=embedder, freeze=freeze, **SMALL)
    undisturbed = clone(estimator).fit(X, y)
    cut_off(with_changes(estimator, checkpoint=path), X, y)
    loaded = pickle.loads(pickle.dumps(embedder))
    loaded.transform(X)
    with pytest.raises(ValueError, match=r"differs in freeze \(there (True|False), here (True|False)\)"):
        with_changes(estimator, checkpoint=path, freeze=not freeze).fit(X, y)
    other = clone(embedder).fit(X + 1, y)
    with pytest.raises(ValueError, match="differs in pretrained"):
        with_changes(estimator, checkpoint=path, pretrained=other).fit(X, y)
    assert_same_bits(with_changes(estimator, checkpoint=path, pretrained=loaded).fit(X, y), undisturbed)


def test_a_warm_start_that_was_cut_off_resumes_from_the_same_weights_only(embedder, X, y, path, cut_off):
    started = pickle.loads(pickle.dumps(embedder)).set_params(warm_start=True)
    undisturbed = pickle.loads(pickle.dumps(started)).fit(X, y)
    cut_off(started.set_params(checkpoint=path), X, y)
    with pytest.raises(ValueError, match="differs in the weights to start from: expected"):
        clone(started).fit(X, y)
    assert_same_bits(started.fit(X, y), undisturbed)


def test_partial_fit_leaves_the_checkpoint_alone(X, y, path):
    with_changes(ESTIMATORS["ConMLPEmbedder"], checkpoint=path).partial_fit(X, y)
    assert not path.exists()


@every_estimator
def test_other_data_are_refused_by_name_before_training(estimator, X, y, path, cut_off, monkeypatch):
    checkpointed = cut_off(with_changes(estimator, checkpoint=path), X, y)
    before = path.read_bytes()
    changed = X.copy()
    changed[-1, -1, -1, -1] = np.nextafter(changed[-1, -1, -1, -1], np.float32(np.inf))
    monkeypatch.setattr(loop, "train_epoch", None)
    for data, names in [((changed, y), "X"), ((X, y[::-1]), "y"), ((X[:-1], y[:-1]), "X, y")]:
        with pytest.raises(ValueError, match=f"differs in {names}: expected the same data"):
            checkpointed.fit(*data)
    assert path.read_bytes() == before


def test_other_weights_of_samples_and_other_names_of_classes_are_refused(X, y, path, cut_off):
    estimator = with_changes(ESTIMATORS["GRUClassifier"], checkpoint=path)
    weights = np.linspace(0.5, 1, len(y))
    cut_off(estimator, X, y, sample_weight=weights)
    for other in (None, weights + 0.1):
        with pytest.raises(ValueError, match="differs in sample_weight: expected"):
            estimator.fit(X, y, sample_weight=other)
    with pytest.raises(ValueError, match="differs in y: expected"):
        estimator.fit(X, y + 1, sample_weight=weights)
    expected = clone(ESTIMATORS["GRUClassifier"]).fit(X, y, sample_weight=weights)
    assert_same_bits(estimator.fit(X, y, sample_weight=weights.tolist()), expected)


def scaling(strength):
    return lambda batch, generator: batch * strength


def encoder(n_frames, n_joints, n_channels):
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(n_frames * n_joints * n_channels, 8))


OTHER = {
    "augmentation": [None, Rotate(), (Rotate(), Jitter()), scaling(0.5)],
    "batch_size": [6, "auto"],
    "bidirectional": [False],
    "class_weight": ["balanced", {0: 1.0, 1: 2.0, 2: 1.0}],
    "delta": [0.5],
    "dropout": [None],
    "early_stopping": [True],
    "encoder": ["cooccurrence", encoder],
    "fusion": ["early", "late"],
    "gamma": [1.0],
    "hidden_dim": [16],
    "k1": [0.5],
    "k2": [0.5],
    "label_smoothing": [0.0],
    "learning_rate": [0.01],
    "loss": ["tcl", "focal", "huber"],
    "max_epochs": [5, "auto"],
    "n_iter_no_change": [3],
    "n_layers": [2],
    "optimizer": ["sgd"],
    "pooling": ["attention"],
    "precision": ["bfloat16"],
    "projection_dim": [16],
    "projection_layers": [2],
    "reconstruction_weight": [0.0],
    "schedule": ["constant"],
    "skeleton": [KINECT_V1, "KINECT_V1"],
    "streams": [("joint",), ("joint", "motion")],
    "supervised": [True],
    "temperature": [0.2],
    "tol": [0.0],
    "validation_fraction": [0.5],
    "warm_start": [True],
    "warmup_epochs": [0],
    "weight_decay": [0.0],
}
_TESTED_ELSEWHERE = {"pretrained", "freeze", "distributed"}


def values_that_differ(estimator):
    """By name, other values of a parameter that the estimator would take."""
    for name, now in estimator.get_params().items():
        for value in OTHER.get(name, []):
            if value != now and not (name == "loss" and value not in losses_of(estimator)):
                yield name, value


def losses_of(estimator):
    """The names of the losses that an estimator takes."""
    if isinstance(estimator, ConMLPEmbedder):
        return CONTRASTIVE_LOSSES
    return REGRESSION_LOSSES if isinstance(estimator, SkeletonRegressor) else CLASSIFICATION_LOSSES


@every_estimator
def test_each_parameter_that_differs_is_refused_by_name_before_training(estimator, X, y, path, cut_off, monkeypatch):
    cut_off(with_changes(estimator, checkpoint=path), X, y, n_epochs=0)
    monkeypatch.setattr(loop, "train_epoch", None)
    seen = set()
    for name, value in values_that_differ(estimator):
        seen.add(name)
        with pytest.raises(ValueError, match=rf"of a fit that differs in {name} \(there .*, here .*\): expected"):
            with_changes(estimator, checkpoint=path, **{name: value}).fit(X, y)
    assert seen == estimator.get_params().keys() - _NOT_COMPARED - _TESTED_ELSEWHERE
    with pytest.raises(ValueError, match="differs in random_state"):
        with_changes(estimator, checkpoint=path, random_state=1).fit(X, y)


def test_another_function_of_the_same_name_is_refused(X, y, path, cut_off):
    estimator = with_changes(ESTIMATORS["GRUClassifier"], checkpoint=path)
    cut_off(estimator.set_params(augmentation=scaling(0.5)), X, y)
    with pytest.raises(ValueError, match="differs in augmentation"):
        with_changes(estimator, augmentation=scaling(0.6)).fit(X, y)
    with_changes(estimator, augmentation=scaling(0.5)).fit(X, y)


def test_a_file_of_another_estimator_is_refused(X, y, path, cut_off):
    cut_off(with_changes(ESTIMATORS["GRUClassifier"], checkpoint=path), X, y)
    with pytest.raises(ValueError, match=r"differs in estimator \(there GRUClassifier, here LSTMClassifier\)"):
        with_changes(ESTIMATORS["LSTMClassifier"], checkpoint=path).fit(X, y)


@every_estimator
def test_what_weights_do_not_depend_on_may_differ(estimator, X, y, path, tmp_path, cut_off):
    cut_off(with_changes(estimator, checkpoint=path, device="cpu", verbose=0), X, y)
    path.rename(tmp_path / "renamed")
    changes = {"checkpoint": str(tmp_path / "renamed"), "device": torch.device("cpu"), "verbose": 2}
    if "n_clips" in estimator.get_params():
        changes["n_clips"] = 3
    assert_same_bits(with_changes(estimator, **changes).fit(X, y), clone(estimator).fit(X, y))


def test_the_same_data_may_come_in_another_form(X, y, path, tmp_path, cut_off):
    estimator = with_changes(ESTIMATORS["SkeletonClassifier"], checkpoint=path)
    names = np.array(["walk", "run", "sit"])[y]
    undisturbed = with_changes(estimator, checkpoint=None).fit(X, names)
    cut_off(estimator, X, names)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert_same_bits(estimator.fit(mapped, names.astype(object)), undisturbed)
    assert_same_bits(estimator.fit(list(X.astype(np.float64)), names.tolist()), undisturbed)


def test_labels_that_are_not_used_may_differ(X, y, path, cut_off):
    estimator = with_changes(ESTIMATORS["ConMLPEmbedder"], supervised=False, checkpoint=path)
    cut_off(estimator, X, y)
    assert_same_bits(estimator.fit(X), with_changes(estimator, checkpoint=None).fit(X, y))


@every_estimator
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_finished_fit_is_read_and_not_trained_again(estimator, early_stopping, X, y, path, monkeypatch):
    finished = with_changes(estimator, early_stopping=early_stopping, checkpoint=path).fit(X, y)
    before = path.read_bytes()
    monkeypatch.setattr(loop, "train_epoch", None)
    again = clone(finished).fit(X, y)
    assert_same_bits(again, finished)
    assert path.read_bytes() == before


@every_estimator
def test_a_damaged_checkpoint_gives_way_to_the_one_before_it_to_the_bit(estimator, X, y, path, cut_off):
    checkpointed = cut_off(with_changes(estimator, checkpoint=path), X, y, n_epochs=2)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.warns(UserWarning, match=r"fit\.checkpoint: damaged.* Resuming from the checkpoint before it"):
        checkpointed.fit(X, y)
    assert_same_bits(checkpointed, clone(estimator).fit(X, y))


def test_two_damaged_checkpoints_are_refused_before_training(X, y, path, monkeypatch):
    estimator = with_changes(ESTIMATORS["GRUClassifier"], checkpoint=path).fit(X, y)
    for one in path.parent.iterdir():
        one.write_bytes(b"")
    monkeypatch.setattr(loop, "train_epoch", None)
    with pytest.raises(ValueError, match="Expected a checkpoint of this fit, or no file, to begin anew"):
        estimator.fit(X, y)


@every_estimator
def test_a_place_that_cannot_be_written_to_is_reported_before_training(estimator, X, y, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(loop, "train_epoch", None)
    for name, text in [
        ("missing/fit", r"not written .*expected a folder"),
        ("file/fit", r"not read .*expected a file"),
        ("folder", r"not read .*expected a file"),
    ]:
        with pytest.raises(OSError, match=text):
            with_changes(estimator, checkpoint=tmp_path / name).fit(X, y)


@every_estimator
def test_a_disk_that_becomes_full_ends_the_fit_and_leaves_what_was_kept(estimator, X, y, path, monkeypatch):
    checkpointed, fsync, calls = with_changes(estimator, checkpoint=path), os.fsync, itertools.count()

    def full(descriptor):
        if next(calls) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"checkpoint of epoch \d not written \(No space left"):
            checkpointed.fit(X, y)
    assert not list(path.parent.glob(".*"))
    assert_same_bits(checkpointed.fit(X, y), clone(estimator).fit(X, y))


def test_a_change_of_the_working_directory_makes_no_difference(X, y, tmp_path, monkeypatch):
    for name in ("begun", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "begun")

    def view(batch, generator):
        os.chdir("../elsewhere")
        return batch

    with_changes(ESTIMATORS["GRUClassifier"], augmentation=view, checkpoint="fit").fit(X, y)
    assert sorted(one.name for one in (tmp_path / "begun").iterdir()) == ["fit", "fit.previous"]
    assert not list((tmp_path / "elsewhere").iterdir())


@every_estimator
def test_an_interrupt_from_the_keyboard_leaves_an_estimator_that_can_be_used(estimator, X, y, path, stopped_after):
    interrupted = with_changes(estimator, checkpoint=path)
    with stopped_after(2, KeyboardInterrupt), pytest.warns(ConvergenceWarning, match="interrupted in epoch 3 of 4"):
        interrupted.fit(X, y)
    assert interrupted.n_iter_ == len(interrupted.loss_curve_) == 2
    used = interrupted.transform(X) if hasattr(interrupted, "transform") else interrupted.predict(X)
    assert np.isfinite(used).all()
    assert_same_bits(interrupted.fit(X, y), clone(estimator).fit(X, y))


@every_estimator
def test_an_interrupt_in_the_first_epoch_leaves_a_checkpoint_to_resume_from(estimator, X, y, path, stopped_after):
    interrupted = with_changes(estimator, checkpoint=path)
    with stopped_after(0, KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, y)
    assert path.exists()
    assert_same_bits(interrupted.fit(X, y), clone(estimator).fit(X, y))


@every_estimator
def test_the_generators_of_the_process_are_left_alone_when_resuming(estimator, X, y, path, cut_off):
    def states():
        return np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002

    checkpointed = cut_off(with_changes(estimator, checkpoint=path), X, y)
    torch.manual_seed(7)
    before = states()
    checkpointed.fit(X, y)
    assert states() == before


def test_a_fit_without_a_checkpoint_writes_nothing(X, y, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clone(ESTIMATORS["GRUClassifier"]).fit(X, y)
    assert not list(tmp_path.iterdir())


def test_what_is_no_path_is_refused(X, y):
    with pytest.raises(ValueError, match="'checkpoint' parameter of GRUClassifier must be"):
        with_changes(ESTIMATORS["GRUClassifier"], checkpoint=3).fit(X, y)
