"""What every reader gives."""

import copy
import inspect
import pickle
import re
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import Bunch

from skeletonlearn import datasets
from skeletonlearn.datasets._bunch import make_bunch, take
from skeletonlearn.model_selection import CrossSubject
from skeletonlearn.preprocessing import SequenceFlattener

COMMON = {"protocol": "xsub", "target_names": ["wave", "kick"], "left_out": {}}


@pytest.fixture
def per_sample():
    return {
        "sequences": [np.full((length, 5, 3), length, np.float32) for length in (1, 2, 3, 4)],
        "target": np.array([0, 1, 0, 1]),
        "name": np.array(["a", "b", "c", "d"]),
    }


IS_TRAIN = np.array([True, False, False, True])


def test_all_samples_come_with_the_indices_of_both_parts(per_sample):
    bunch = make_bunch(per_sample, COMMON, IS_TRAIN, "all")
    assert bunch.train_index.tolist() == [0, 3]
    assert bunch.test_index.tolist() == [1, 2]
    assert len(bunch.sequences) == 4
    assert bunch.name.tolist() == ["a", "b", "c", "d"]
    assert bunch.target_names == ["wave", "kick"]


@pytest.mark.parametrize(("subset", "names", "lengths"), [("train", ["a", "d"], [1, 4]), ("test", ["b", "c"], [2, 3])])
def test_a_part_has_its_samples_in_lists_and_arrays(per_sample, subset, names, lengths):
    bunch = make_bunch(per_sample, COMMON, IS_TRAIN, subset)
    assert bunch.name.tolist() == names
    assert isinstance(bunch.sequences, list)
    assert [len(one) for one in bunch.sequences] == lengths
    assert bunch.target.tolist() == [0, 1] if subset == "train" else [1, 0]
    assert bunch.protocol == "xsub"
    assert not {"train_index", "test_index"} & bunch.keys()


def test_all_samples_may_lie_in_one_part(per_sample):
    bunch = make_bunch(per_sample, COMMON, np.ones(4, bool), "all")
    assert bunch.train_index.tolist() == [0, 1, 2, 3]
    assert bunch.test_index.tolist() == []


@pytest.mark.parametrize(("subset", "is_train"), [("train", False), ("test", True)])
def test_an_empty_part_is_an_error(per_sample, subset, is_train):
    text = f"subset='{subset}' is empty: got 4 samples, none of them in the {subset} part of protocol='xsub'"
    with pytest.raises(ValueError, match=text):
        make_bunch(per_sample, COMMON, np.full(4, is_train), subset)


def test_items_are_taken_from_lists_and_arrays_alike():
    assert take(["a", "b", "c"], np.array([2, 0])) == ["c", "a"]
    assert take(np.array([5, 6, 7]), np.array([2, 0])).tolist() == [7, 5]


# What loaders give


def named_in_datasets():
    names = [name for name in datasets.__all__ if name.startswith(("load_", "make_", "sequences_from_"))]
    return [getattr(datasets, name) for name in names]


@pytest.mark.parametrize("loader", named_in_datasets())
def test_every_loader_gives_this_bunch(loader):
    assert inspect.signature(loader).return_annotation == "SkeletonBunch"


@pytest.fixture
def bunch(per_sample):
    per_sample |= {"confidence": [np.ones((length, 5), np.float32) for length in (1, 2, 3, 4)], "graphs": list("wxyz")}
    common = COMMON | {"target_names": list("abcd"), "missing": list("efgh"), "protocol": ("t1", "t2", "t3", "t4")}
    return make_bunch(per_sample, common, IS_TRAIN, "all")


SELECTIONS = {
    "indices": [2, 0],
    "negative indices": np.array([-1, 1], np.int8),
    "an index twice": [3, 3, 0],
    "a mask": np.array([False, True, True, False]),
    "a mask as a list": [True, False, False, True],
    "a mask of pandas": pd.Series([True, False, True, False], index=list("abcd")),
    "a slice": slice(None, None, -2),
    "a range": range(1, 4),
    "nothing": [],
}


@pytest.mark.parametrize("index", SELECTIONS.values(), ids=SELECTIONS)
def test_samples_are_taken_with_all_that_is_known_of_them(bunch, index):
    wanted = np.arange(4)[index if isinstance(index, slice) else np.array(index, dtype=None if len(index) else int)]
    got = bunch.take(index)
    assert isinstance(got, datasets.SkeletonBunch)
    assert got.keys() == bunch.keys()
    assert got.name.tolist() == bunch.name[wanted].tolist()
    assert got.target.tolist() == bunch.target[wanted].tolist()
    assert got.graphs == [bunch.graphs[at] for at in wanted]
    for key in ("sequences", "confidence"):
        assert [id(one) for one in got[key]] == [id(bunch[key][at]) for at in wanted]
        assert isinstance(got[key], list)


def test_what_belongs_to_no_sample_stays_even_if_it_is_as_long(bunch):
    got = bunch.take([0])
    for key in ("target_names", "missing", "protocol", "left_out"):
        assert got[key] is bunch[key]


def test_the_parts_of_a_protocol_refer_to_the_new_places(bunch):
    got = bunch.take([3, 1, 3])
    assert got.train_index.tolist() == [0, 2]
    assert got.test_index.tolist() == [1]


def test_splits_refer_to_the_new_places(bunch):
    bunch.splits = {"t1": np.array([0, 1]), "t2": np.array([2])}
    got = bunch.take([1, 3, 0]).splits
    assert {name: members.tolist() for name, members in got.items()} == {"t1": [0, 2], "t2": []}


def test_segments_follow_their_recordings(bunch):
    bunch.segments = {"recording": np.array([0, 0, 2, 3]), "start": np.array([1, 2, 3, 4]), "label": list("kmkm")}
    got = bunch.take([3, 1, 0, 3]).segments
    assert got["recording"].tolist() == [0, 2, 2, 3]
    assert got["start"].tolist() == [4, 1, 2, 4]
    assert got["label"] == list("mkmm")


def test_a_table_of_one_row_per_sample_is_taken_by_place(bunch):
    bunch.weights = pd.DataFrame({"kg": [1, 2, 3, 4]}, index=list("dcba"))
    assert bunch.take([2, 0]).weights["kg"].tolist() == [3, 1]


def test_taking_from_no_sequences_is_an_error():
    with pytest.raises(ValueError, match="has no 'sequences' to take from; it has target"):
        datasets.SkeletonBunch(target=np.zeros(3)).take([0])


COPIES = {
    "pickle": lambda bunch: pickle.loads(pickle.dumps(bunch)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "unpacking": lambda bunch: datasets.SkeletonBunch(**bunch),
}


@pytest.mark.parametrize("how", COPIES.values(), ids=COPIES)
def test_a_copy_can_all_that_the_bunch_can(bunch, how):
    got = how(bunch)
    assert type(got) is datasets.SkeletonBunch
    assert list(got) == list(bunch)
    assert got.take([1]).name.tolist() == ["b"]
    assert len(got.sequences[[0, 2]]) == 2


def test_a_bunch_goes_through_joblib(bunch, tmp_path):
    joblib.dump(bunch, tmp_path / "bunch")
    assert repr(joblib.load(tmp_path / "bunch")) == repr(bunch)
    assert joblib.hash(bunch) == joblib.hash(datasets.SkeletonBunch(**bunch))


def test_it_is_a_bunch_with_keys_as_attributes(bunch):
    assert isinstance(bunch, Bunch)
    bunch.extra = 3
    assert bunch["extra"] == 3
    assert {"extra", "take"} <= set(dir(bunch))
    with pytest.raises(AttributeError, match="absent"):
        bunch.absent  # noqa: B018


def test_protocols_and_scikit_learn_split_it():
    actions = datasets.make_actions(24, n_classes=2, n_subjects=4, n_frames=20, missing=0, random_state=0)
    model = make_pipeline(SequenceFlattener(), LogisticRegression())
    protocol = CrossSubject([1, 2])
    scores = cross_val_score(model, actions.sequences, actions.target, groups=actions.subject, cv=protocol)
    ((train, test),) = protocol.split(actions.sequences, groups=actions.subject)
    part = actions.take(test)
    model.fit(actions.sequences[train], actions.target[train])
    assert scores == [model.score(part.sequences, part.target)]
    assert set(part.subject) == {3, 4}


def test_no_reader_makes_another_bunch():
    readers = Path(datasets.__file__).parent.rglob("*.py")
    texts = {path.name: path.read_text(encoding="utf-8") for path in readers if path.name != "_bunch.py"}
    assert [name for name, text in texts.items() if re.search(r"import .*\bBunch\b|[^\w.]Bunch\(", text)] == []
