"""The one topology of frame graphs."""

import numpy as np

from skeletonlearn.embedding._graph2vec._topology import FrameGraph
from skeletonlearn.skeletons import Skeleton

STICK = Skeleton("stick", ("hip", "neck", "head"), (("neck", "hip"), ("head", "neck")))


def around(frame_graph):
    return [nodes.tolist() for nodes in frame_graph.neighbours]


def test_bones_join_the_joints_of_each_person_and_layer():
    frame_graph = FrameGraph(STICK, n_joints=6, n_layers=2, n_frames=1, n_codes=4)
    one = [[0, 1], [0, 1, 2], [1, 2]]
    assert around(frame_graph) == [[at + offset for at in nodes] for offset in (0, 3, 6, 9) for nodes in one]


def test_consecutive_frames_of_one_graph_are_joined():
    frame_graph = FrameGraph(STICK, n_joints=3, n_layers=1, n_frames=3, n_codes=4)
    assert around(frame_graph)[4] == [1, 3, 4, 5, 7]


def test_without_a_skeleton_no_joints_are_joined():
    assert around(FrameGraph(None, n_joints=3, n_layers=1, n_frames=1, n_codes=4)) == [[0], [1], [2]]


def test_labels_are_those_of_joint_and_code_in_every_frame():
    frame_graph = FrameGraph(STICK, n_joints=3, n_layers=1, n_frames=2, n_codes=4)
    labels = frame_graph.labels(np.array([[0, 1, 3, 0, 1, 3]]))
    assert [frame_graph.spell(label) for label in labels[0]] == ["0:0", "1:1", "2:3"] * 2


def test_layers_count_the_joints_on():
    frame_graph = FrameGraph(STICK, n_joints=3, n_layers=2, n_frames=1, n_codes=4)
    labels = frame_graph.labels(np.zeros((1, 6), dtype=int))
    assert [frame_graph.spell(label) for label in labels[0]] == [f"{place}:0" for place in range(6)]
