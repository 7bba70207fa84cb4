"""ConMLPEmbedder."""

import copy
import logging
import pickle
import random
import tracemalloc
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from torch import nn

from skeletonlearn import ConMLPEmbedder
from skeletonlearn.augmentation import Compose, Reverse, Rotate, Shear, TemporalCrop
from skeletonlearn.losses import tcl
from skeletonlearn.nn import FUSIONS, STREAMS
from skeletonlearn.skeletons import KINECT_V1, Skeleton, infer_skeleton

ENCODERS = ["mlp", "tcn", "cooccurrence", "mixer"]
# with a hidden_dim of 16; temporal convolutions give the mean and maximum of four stages, two of them half as wide
WIDTHS = {"mlp": 16, "tcn": 96, "cooccurrence": 16, "mixer": 16}
Y = np.arange(24) % 3


def sequences(n_samples=24, n_joints=5):
    return np.random.default_rng(0).standard_normal((n_samples, 6, n_joints, 3), dtype=np.float32)


def embedder(encoder="mlp", **changes):
    parameters = {
        "max_epochs": 2,
        "warmup_epochs": 0,
        "hidden_dim": 16,
        "projection_dim": 8,
        "random_state": 0,
        "device": "cpu",
    }
    return ConMLPEmbedder(encoder, **(parameters | changes))


def chain(n_joints):
    """A layout without branches."""
    joints = [f"joint {at}" for at in range(n_joints)]
    return Skeleton("CHAIN", joints, list(zip(joints[1:], joints[:-1], strict=True)))


def same_bits(first, second):
    """Whether two fitted estimators have the same weights and buffers, to the bit."""
    one, other = first.network_state_, second.network_state_
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def moving_hands(n_samples, seed):
    """Two classes, hands that go slowly or fast, at random places that hide it from plain distances."""
    rng = np.random.default_rng(seed)
    y = np.arange(n_samples) % 2
    time = np.linspace(0, 2 * np.pi, 16)
    phase = rng.uniform(0, 2 * np.pi, (n_samples, 1))
    wave = np.sin((1 + 2 * y[:, None]) * time + phase)  # (n, 16)
    X = 3 * rng.standard_normal((n_samples, 1, 5, 3)) + 0.05 * rng.standard_normal((n_samples, 16, 5, 3))
    X[:, :, 3:, 1] += wave[:, :, None]
    return X.astype(np.float32), y


class Infinite(nn.Module):
    """An encoder whose weights leave no loss finite."""

    def __init__(self, n_frames, n_joints, n_channels):
        super().__init__()
        self.layer = nn.Linear(n_frames * n_joints * n_channels, 4)
        nn.init.constant_(self.layer.weight, torch.inf)

    def forward(self, x):
        return self.layer(x.flatten(1))


# what it learns


@pytest.mark.parametrize("loss", ["supcon", "tcl"])
def test_neighbours_in_the_embedding_are_of_one_class_where_raw_neighbours_are_not(loss):
    X, y = moving_hands(120, seed=0)
    new, new_y = moving_hands(60, seed=1)
    mild = Compose((TemporalCrop(0.7), Rotate(yaw=20, pitch=10)))
    model = embedder(
        "tcn", loss=loss, streams=("motion",), augmentation=mild, max_epochs=30, learning_rate=5e-3, batch_size=40
    ).fit(X, y)
    raw = KNeighborsClassifier(5).fit(X.reshape(len(X), -1), y).score(new.reshape(len(new), -1), new_y)
    embedded = KNeighborsClassifier(5).fit(model.transform(X), y).score(model.transform(new), new_y)
    assert raw < 0.75
    assert embedded > 0.9


def test_training_lowers_the_loss():
    curve = embedder(max_epochs=20, batch_size=8, augmentation=None, learning_rate=0.01).fit(sequences(), Y).loss_curve_
    assert curve[-1] < 0.8 * curve[0]


@pytest.mark.parametrize("fusion", FUSIONS)
def test_reconstruction_lowers_the_error_of_the_sequence_rebuilt(fusion):
    t = np.linspace(0, 1, 6)[None, :, None, None]
    X = (sequences()[:, :1] * t).astype(np.float32)
    model = embedder(fusion=fusion, reconstruction_weight=5.0, batch_size=12, augmentation=None, dropout=0.0)
    errors = [np.square(model.set_params(max_epochs=n).fit(X).reconstruct(X) - X).mean() for n in (1, 40)]
    assert errors[1] < 0.5 * errors[0]


# labels and losses


def test_nt_xent_never_looks_at_y():
    first, second = (embedder(loss="nt_xent").fit(sequences(), y) for y in (Y, None))
    assert same_bits(first, second)


@pytest.mark.parametrize("loss", ["nt_xent", "supcon"])
def test_supervised_false_never_looks_at_y(loss):
    first, second = (embedder(loss=loss, supervised=False).fit(sequences(), y) for y in (Y, None))
    assert same_bits(first, second)


def test_supcon_without_labels_is_nt_xent():
    first, second = (embedder(loss=loss).fit(sequences()) for loss in ("supcon", "nt_xent"))
    assert same_bits(first, second)


def test_labels_change_what_is_learned():
    assert not same_bits(embedder(augmentation=None).fit(sequences(), Y), embedder(augmentation=None).fit(sequences()))


def test_only_unlabelled_sequences_are_no_labels_at_all():
    assert same_bits(embedder().fit(sequences(), np.full(24, -1)), embedder().fit(sequences()))


def test_unlabelled_sequences_are_seen_in_training():
    y = np.where(np.arange(24) < 12, Y, -1)
    assert not same_bits(embedder().fit(sequences(), y), embedder().fit(sequences()[:12], Y[:12]))


def test_strings_are_classes_like_integers():
    names = np.array(["kick", "sit", "wave"])[Y]
    assert same_bits(embedder().fit(sequences(), names), embedder().fit(sequences(), Y))


def test_tuned_loss_without_tuning_is_supcon():
    tuned = embedder(loss="tcl", k1=0.0, k2=1.0).fit(sequences(), Y)
    assert same_bits(tuned, embedder(loss="supcon").fit(sequences(), Y))


@pytest.mark.parametrize("changes", [{"k1": 50.0}, {"k2": 3.0}, {"temperature": 0.5}])
def test_parameters_of_the_tuned_loss_change_what_is_learned(changes):
    plain, changed = (embedder(loss="tcl", **some).fit(sequences(), Y) for some in ({}, changes))
    assert not same_bits(plain, changed)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_a_named_loss_handed_over_as_a_function_learns_the_same(fusion):
    named = embedder(loss="tcl", k1=5.0, temperature=0.2, fusion=fusion).fit(sequences(), Y)
    own = embedder(loss=partial(tcl, temperature=0.2, k1=5.0), fusion=fusion).fit(sequences(), Y)
    assert same_bits(named, own)


def test_an_own_loss_sees_both_views_of_each_label_or_of_each_sequence():
    seen = []

    def spread(z, labels):
        seen.append((tuple(z.shape), labels.tolist()))
        return z.square().mean()

    embedder(loss=spread, streams=("joint",), max_epochs=1, batch_size=24).fit(sequences(), Y)
    embedder(loss=spread, streams=("joint",), max_epochs=1, batch_size=24).fit(sequences())
    (with_y, labels), (without_y, own) = seen
    assert with_y == without_y == (48, 8)
    for each, wanted in ((labels, Y), (own, range(24))):
        assert each[:24] == each[24:]
        assert sorted(each[:24]) == sorted(wanted)


def test_an_own_loss_is_searched_over_and_pickled():
    losses = [partial(tcl, k1=k1) for k1 in (0.0, 1000.0)]
    pipeline = Pipeline([("emb", embedder()), ("clf", KNeighborsClassifier(1))])
    search = GridSearchCV(pipeline, {"emb__loss": losses}, cv=2).fit(sequences(), Y)
    assert search.best_params_["emb__loss"] in losses
    fitted = search.best_estimator_["emb"]
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).transform(sequences()), fitted.transform(sequences()))


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (lambda z, labels: 0.5, TypeError, r"gave float, expected a floating torch\.Tensor"),
        (lambda z, labels: labels.sum(), TypeError, r"gave torch\.int64 tensor, expected a floating torch\.Tensor"),
        (lambda z, labels: z.mean(dim=1), ValueError, r"gave shape \(48,\), expected \(\)\."),
        (lambda z, labels: z.detach().mean(), ValueError, "gave a tensor without a gradient, expected one computed"),
    ],
)
def test_an_own_loss_that_cannot_be_trained_on_is_refused(loss, error, message):
    with pytest.raises(error, match=message):
        embedder(loss=loss, batch_size=24).fit(sequences(), Y)


def test_labels_that_were_asked_for_and_not_given_are_an_error():
    with pytest.raises(ValueError, match=r"loss='supcon' with supervised=True expected labels, got y=None"):
        embedder(supervised=True).fit(sequences())


# views, streams, skeletons


def test_published_pair_of_views_trains():
    model = embedder(augmentation=(Shear(1.0), Reverse(0.5))).fit(sequences(), Y)
    assert np.isfinite(model.transform(sequences())).all()


def test_first_and_second_view_of_a_pair_differ_from_one_recipe_drawn_twice():
    pair = embedder(augmentation=(Shear(1.0), Reverse(0.5))).fit(sequences(), Y)
    assert not same_bits(pair, embedder(augmentation=Shear(1.0)).fit(sequences(), Y))


def test_two_views_may_have_different_numbers_of_frames():
    views = (TemporalCrop(0.5, keep_tempo=True), lambda batch, generator: batch[:, ::2])
    fitted = embedder("tcn", augmentation=views, reconstruction_weight=1.0).fit(sequences(), Y)
    assert fitted.transform(sequences()).shape == (24, len(STREAMS) * WIDTHS["tcn"])
    assert fitted.reconstruct(sequences()).shape == sequences().shape


def test_plain_functions_are_views():
    shapes = []

    def still(batch, generator):
        shapes.append(tuple(batch.shape))
        return batch

    model = embedder(augmentation=still, batch_size=12, max_epochs=1).fit(sequences(), Y)
    assert shapes == [(12, 6, 5, 3)] * 4
    assert same_bits(model, embedder(augmentation=None, batch_size=12, max_epochs=1).fit(sequences(), Y))


def test_a_skeleton_is_taken_by_name_or_as_an_object():
    X = sequences(n_joints=20)
    by_name, as_object = (embedder(skeleton=it, streams=("bone",)).fit(X, Y) for it in ("kinect_v1", KINECT_V1))
    assert same_bits(by_name, as_object)


@pytest.mark.parametrize(("fusion", "n_encoders"), [("early", 1), ("late", 4)])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_two_persons_are_encoded_with_all_streams(encoder, fusion, n_encoders):
    X = sequences(n_joints=2 * KINECT_V1.n_joints)
    model = embedder(encoder, skeleton=KINECT_V1, streams=STREAMS, fusion=fusion, max_epochs=1)
    assert model.fit_transform(X, Y).shape == (24, n_encoders * WIDTHS[encoder])


@pytest.mark.parametrize(
    ("skeleton", "streams"), [(None, ("joint", "motion")), (KINECT_V1, STREAMS), ("auto", STREAMS)]
)
def test_streams_are_all_that_can_be_had_unless_named(skeleton, streams):
    X = sequences(n_joints=20)
    chosen, named = (embedder(skeleton=skeleton, **some).fit(X, Y) for some in ({}, {"streams": streams}))
    assert same_bits(chosen, named)


def test_with_nothing_set_the_bones_found_are_gone_by():
    X = sequences()
    found = infer_skeleton(X)
    model = embedder("tcn").fit(X, Y)
    assert model.skeleton_ == found
    assert same_bits(model, embedder("tcn", skeleton=found).fit(X, Y))
    assert not same_bits(model, embedder("tcn", skeleton=chain(5)).fit(X, Y))


@pytest.mark.parametrize(("n_joints", "n_channels"), [(1, 3), (5, 1), (5, 4)])
def test_what_is_no_body_has_no_bones(n_joints, n_channels):
    X = np.random.default_rng(0).standard_normal((24, 6, n_joints, n_channels), dtype=np.float32)
    model = embedder().fit(X, Y)
    assert model.skeleton_ is None
    assert same_bits(model, embedder(skeleton=None).fit(X, Y))


@pytest.mark.parametrize("way", ["warm start", "partial_fit"])
def test_training_further_keeps_the_bones_found_first(way):
    X, others = sequences(), sequences()[:, :, ::-1]
    assert infer_skeleton(X) != infer_skeleton(others)
    model = embedder(warm_start=True).fit(X, Y)
    model = model.fit(others, Y) if way == "warm start" else model.partial_fit(others, Y)
    assert model.skeleton_ == infer_skeleton(X)


def test_streams_are_fused_late_unless_asked_otherwise():
    late, early = (embedder(fusion=fusion).fit(sequences(), Y) for fusion in ("late", "early"))
    assert same_bits(embedder().fit(sequences(), Y), late)
    assert late.network_state_.keys() != early.network_state_.keys()


def test_one_stream_is_fused_early_and_late_to_the_same_bits():
    early, late = (embedder("tcn", streams=("motion",), fusion=fusion).fit(sequences(), Y) for fusion in FUSIONS)
    assert same_bits(early, late)


def test_a_bone_stream_without_a_skeleton_is_an_error():
    with pytest.raises(ValueError, match="needs the skeleton to know the bones, got 5 joints and no layout"):
        embedder(skeleton=None, streams=("bone",)).fit(sequences(), Y)


@pytest.mark.parametrize(("fusion", "width"), [("early", 7), ("late", 4 * 7)])
def test_a_users_encoder_decides_how_wide_the_embedding_is(fusion, width):
    def factory(*shape):
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), 7))

    model = embedder(factory, fusion=fusion).fit(sequences(), Y)
    assert model.transform(sequences()).shape == (24, width)
    assert len(model.get_feature_names_out()) == width


# the same bits


@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_same_seed_gives_the_same_bits(encoder):
    first, second = (embedder(encoder, reconstruction_weight=0.1).fit(sequences(), Y) for _ in range(2))
    assert same_bits(first, second)
    assert np.array_equal(first.transform(sequences()), second.transform(sequences()))


def test_another_seed_gives_other_weights():
    assert not same_bits(embedder(random_state=0).fit(sequences(), Y), embedder(random_state=1).fit(sequences(), Y))


@pytest.mark.parametrize("method", ["fit", "partial_fit", "fit_transform"])
def test_global_generators_and_threads_are_left_as_they_were(method):
    def state():
        numpy_state = np.random.get_state()[1].tolist()  # noqa: NPY002
        return numpy_state, random.getstate(), torch.get_rng_state().tolist(), torch.get_num_threads()

    before = state()
    getattr(embedder(random_state=None), method)(sequences(), Y)
    assert state() == before


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_transform_of_a_slice_equals_slice_of_transform(encoder, fusion):
    X = sequences(70, n_joints=6)
    model = embedder(encoder, fusion=fusion, max_epochs=1).fit(X)
    np.testing.assert_array_equal(model.transform(X)[29:41], model.transform(X[29:41]))


def test_transform_twice_gives_the_same_bits():
    model = embedder().fit(sequences(), Y)
    np.testing.assert_array_equal(model.transform(sequences()), model.transform(sequences()))


def test_transform_follows_the_order_of_the_rows():
    X = sequences(70)
    order = np.random.default_rng(1).permutation(70)
    model = embedder("tcn", max_epochs=1).fit(X)
    np.testing.assert_array_equal(model.transform(X[order]), model.transform(X)[order])


def test_transform_of_a_loaded_estimator_leaves_torchs_generator_as_it_was():
    loaded = pickle.loads(pickle.dumps(embedder().fit(sequences(), Y)))
    before = torch.get_rng_state()
    loaded.transform(sequences())
    assert torch.equal(torch.get_rng_state(), before)


def test_fit_transform_is_fit_and_then_transform():
    np.testing.assert_array_equal(
        embedder().fit_transform(sequences(), Y), embedder().fit(sequences(), Y).transform(sequences())
    )


# going on


def test_first_partial_fit_is_an_epoch_at_the_full_learning_rate():
    partial = embedder().partial_fit(sequences(), Y)
    fitted = embedder(max_epochs=1, schedule="constant", warmup_epochs=0).fit(sequences(), Y)
    assert same_bits(partial, fitted)


def test_partial_fits_lower_the_loss_call_by_call():
    model = embedder(batch_size=8, augmentation=None, learning_rate=0.01)
    for _ in range(12):
        model.partial_fit(sequences(), Y)
    assert model.loss_curve_[-1] < 0.8 * model.loss_curve_[0]
    assert [record["epoch"] for record in model.history_] == list(range(1, 13))


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_partial_fit_goes_on_after_a_pickle_as_it_would_have_without(optimizer):
    model = embedder(optimizer=optimizer, learning_rate=0.01).partial_fit(sequences(), Y)
    loaded = pickle.loads(pickle.dumps(model))
    assert same_bits(loaded.partial_fit(sequences(), Y), model.partial_fit(sequences(), Y))


def test_partial_fit_keeps_the_optimisers_moments():
    model = embedder().partial_fit(sequences(), Y)
    forgetful = copy.deepcopy(model)
    del forgetful.optimizer_state_
    assert not same_bits(forgetful.partial_fit(sequences(), Y), model.partial_fit(sequences(), Y))


def test_calls_of_partial_fit_draw_different_views():
    drawn = []

    def still(batch, generator):
        drawn.append(torch.rand(1, generator=generator).item())
        return batch

    model = embedder(augmentation=still)
    model.partial_fit(sequences(), Y).partial_fit(sequences(), Y)
    assert len(set(drawn)) == 4


def test_partial_fit_takes_another_number_of_sequences():
    model = embedder().partial_fit(sequences(), Y).partial_fit(sequences(5), Y[:5])
    assert model.n_iter_ == 2


def test_warm_start_goes_on_from_the_last_weights():
    model = embedder(max_epochs=5, augmentation=None, dropout=0.0, warm_start=True).fit(sequences(), Y)
    last = model.loss_curve_[-1]
    assert model.fit(sequences(), Y).loss_curve_[0] == pytest.approx(last, rel=0.1)


def test_without_warm_start_fit_begins_again():
    model = embedder()
    first = copy.deepcopy(model.fit(sequences(), Y))
    assert same_bits(model.fit(sequences(), Y), first)


def test_warm_start_refuses_other_joints():
    model = embedder(warm_start=True).fit(sequences(), Y)
    with pytest.raises(ValueError, match="X has 7 joints, but ConMLPEmbedder was fitted with 5"):
        model.fit(sequences(n_joints=7), Y)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_training_that_breaks_off_leaves_the_fitted_embedding_as_it_was(method):
    model = embedder(warm_start=True).fit(sequences(), Y)
    before = model.transform(sequences())

    def broken(batch, generator):
        raise RuntimeError("a view that fails")

    model.set_params(augmentation=(lambda batch, generator: batch, broken))
    with pytest.raises(RuntimeError, match="a view that fails"):
        getattr(model, method)(sequences(), Y)
    np.testing.assert_array_equal(model.transform(sequences()), before)


# what fit leaves


def test_history_holds_a_record_an_epoch_and_the_curves_follow_it():
    model = embedder(reconstruction_weight=0.5).fit(sequences(), Y)
    wanted = {"epoch", "loss", "contrastive_loss", "reconstruction_loss", "learning_rate"}
    assert [set(record) for record in model.history_] == [wanted] * 2
    assert model.loss_curve_ == [record["loss"] for record in model.history_]
    assert model.validation_curve_ is None
    assert (model.n_iter_, model.device_) == (2, "cpu")


def test_early_stopping_gives_a_validation_curve_and_stops_when_it_no_longer_falls():
    model = embedder(max_epochs=50, early_stopping=True, n_iter_no_change=2, tol=1e6, validation_fraction=0.25)
    model.fit(sequences(), Y)
    assert model.n_iter_ == len(model.validation_curve_) == 3


def test_weights_are_kept_as_arrays():
    assert {type(array) for array in embedder().fit(sequences(), Y).network_state_.values()} == {np.ndarray}


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_copies_embed_with_the_same_bits(encoder, copied):
    model = embedder(encoder, max_epochs=1).fit(sequences(), Y)
    np.testing.assert_array_equal(copied(model).transform(sequences()), model.transform(sequences()))


def test_a_clone_of_a_fitted_estimator_fits_to_the_same_bits():
    model = embedder().fit(sequences(), Y)
    assert same_bits(clone(model).fit(sequences(), Y), model)


@pytest.mark.parametrize("reload", [False, True])
def test_parameters_set_after_fit_do_not_break_transform(reload):
    model = embedder().fit(sequences(), Y)
    before = model.transform(sequences())
    model.set_params(encoder="tcn", hidden_dim=7, streams=("motion",), fusion="early", reconstruction_weight=0.0)
    model = pickle.loads(pickle.dumps(model)) if reload else model
    np.testing.assert_array_equal(model.transform(sequences()), before)


def test_encoder_projector_and_decoder_are_the_trained_modules():
    model = embedder(reconstruction_weight=0.1).fit(sequences(), Y)
    with torch.inference_mode():
        embedding = model.encoder_(torch.from_numpy(sequences()))
        of_streams = nn.functional.normalize(model.projector_(embedding), dim=2).unbind(dim=1)
        projection = torch.cat(of_streams, dim=1) / np.sqrt(4)
        rebuilt = model.decoder_(embedding)
    np.testing.assert_allclose(model.transform(sequences()), embedding, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.project(sequences()), projection, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.reconstruct(sequences()), rebuilt, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("streams", [("joint",), ("joint", "motion"), STREAMS])
@pytest.mark.parametrize("fusion", FUSIONS)
def test_projections_are_of_length_one_to_which_all_parts_add_alike(fusion, streams):
    X, n_parts = sequences(n_joints=20), len(streams) if fusion == "late" else 1
    projections = embedder(streams=streams, fusion=fusion, skeleton=KINECT_V1).fit(X, Y).project(X)
    assert projections.shape == (24, n_parts * 8)
    np.testing.assert_allclose(np.linalg.norm(projections, axis=1), 1, rtol=1e-5)
    squares = np.square(projections).reshape(24, n_parts, 8).sum(axis=2)
    np.testing.assert_allclose(squares, 1 / n_parts, rtol=1e-5)


def test_without_reconstruction_there_is_neither_decoder_nor_reconstruct():
    model = embedder().fit(sequences(), Y)
    assert model.decoder_ is None
    assert not hasattr(model, "reconstruct")


# input, progress, errors, devices


def test_a_read_only_memory_map_is_trained_on_and_embedded_without_a_copy(tmp_path):
    np.save(tmp_path / "X.npy", np.random.default_rng(0).standard_normal((3000, 50, 10, 3), dtype=np.float32))
    X = np.load(tmp_path / "X.npy", mmap_mode="r")
    model = embedder(batch_size=100, max_epochs=1, hidden_dim=4, augmentation=None)
    tracemalloc.start()
    model.fit(X).transform(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 4


def test_fit_leaves_the_data_as_they_were():
    X = sequences()
    before = X.copy()
    embedder(augmentation=(Shear(1.0), Reverse(0.5))).fit(X, Y).transform(X)
    np.testing.assert_array_equal(X, before)


def test_verbose_two_logs_a_line_an_epoch(caplog):
    with caplog.at_level(logging.INFO, logger="skeletonlearn"):
        embedder(verbose=2).fit(sequences(), Y)
    lines = [record.getMessage() for record in caplog.records]
    assert [line.split(": ")[:2] for line in lines] == [["ConMLPEmbedder", f"epoch {at} of 2"] for at in (1, 2)]


def test_verbose_one_trains_to_the_same_bits():
    assert same_bits(embedder(verbose=1).fit(sequences(), Y), embedder().fit(sequences(), Y))


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_loss_that_is_not_finite_is_an_error_with_advice(method):
    with pytest.raises(ValueError, match=r"The loss became nan in epoch 1.*Lower the learning rate"):
        getattr(embedder(Infinite), method)(sequences(), Y)


CHUNKS = {"a short last one": slice(16, 19), "one sample": slice(16, 17), "one class": slice(0, 24, 3)}


@pytest.mark.parametrize("chunk", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize("labels", [Y, None], ids=["labels", "no labels"])
@pytest.mark.parametrize("loss", ["supcon", "tcl", "nt_xent"])
def test_partial_fit_takes_any_chunk(loss, labels, chunk):
    model = embedder(loss=loss, batch_size=8, reconstruction_weight=0.5)
    for part in (slice(0, 8), slice(8, 16), chunk):
        model.partial_fit(sequences()[part], None if labels is None else labels[part])
    assert model.n_iter_ == 3
    assert np.isfinite(model.transform(sequences())).all()


@pytest.mark.parametrize("supervised", [False, True])
def test_numpy_booleans_are_booleans(supervised):
    plain = embedder(supervised=supervised).fit(sequences(), Y)
    assert same_bits(embedder(supervised=np.bool_(supervised)).fit(sequences(), Y), plain)


def test_a_batch_larger_than_the_data_is_all_of_them():
    assert same_bits(embedder(batch_size=25).fit(sequences(), Y), embedder(batch_size=24).fit(sequences(), Y))


def test_bfloat16_trains_and_embeds_in_float32():
    embedding = embedder(precision="bfloat16").fit_transform(sequences(), Y)
    assert embedding.dtype == np.float32
    assert np.isfinite(embedding).all()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")
@pytest.mark.parametrize("encoder", ENCODERS)
def test_fit_on_an_accelerator_embeds_alike_on_the_processor(encoder):
    model = embedder(encoder, device="cuda").fit(sequences(), Y)
    assert model.device_ == "cuda:0"
    on_device = model.transform(sequences())
    loaded = pickle.loads(pickle.dumps(model)).set_params(device="cpu")
    np.testing.assert_allclose(loaded.transform(sequences()), on_device, rtol=1e-2, atol=1e-3)
