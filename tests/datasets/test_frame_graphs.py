"""Frame graphs in networkx's node-link files."""

import json
import os
import warnings
import zipfile

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skeletonlearn.datasets import SkeletonFileError
from skeletonlearn.datasets._frame_graphs import export_frame_graphs, load_frame_graphs
from skeletonlearn.skeletons import COCO, COCO_WHOLEBODY, NTU_RGBD, Skeleton

BODY = Skeleton("BODY", ("hip", "neck", "head"), (("neck", "hip"), ("head", "neck")), {"spine": ("hip", "neck")})


def clip(n_frames=2, n_joints=17, n_channels=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n_frames, n_joints, n_channels)).astype(np.float32)


def slow_graph(skeleton, positions, attributes):
    """The graph of a frame by networkx, joint by joint and bone by bone."""
    graph = nx.Graph(**attributes)
    persons = len(positions) // skeleton.n_joints
    for joint, position in enumerate(positions):
        if not np.isnan(position).any():
            person = {"person": joint // skeleton.n_joints} if persons > 1 else {}
            name = skeleton.joints[joint % skeleton.n_joints]
            graph.add_node(joint, joint=name, **person, feature=[float(number) for number in position])
    for person in range(persons):
        for child, parent in skeleton.bones:
            ends = [person * skeleton.n_joints + skeleton.index(end) for end in (child, parent)]
            if all(end in graph for end in ends):
                graph.add_edge(*ends)
    return graph


def normal(document):
    """A node-link document with nodes and edges in one order."""
    edges = sorted(sorted((edge["source"], edge["target"])) for edge in document["edges"])
    return document | {"nodes": sorted(document["nodes"], key=lambda node: node["id"]), "edges": edges}


@pytest.mark.parametrize("persons", [1, 2])
def test_a_file_is_what_networkx_would_write(tmp_path, persons):
    sequence = clip(3, 25 * persons)
    sequence[1, 4] = np.nan
    sequence[2] = np.nan
    export_frame_graphs([sequence], tmp_path, skeleton=NTU_RGBD, names=["wave"], target=[7])
    for frame in range(3):
        sizes = {"n_persons": persons, "n_joints": 25 * persons, "n_channels": 3}
        attributes = {"skeleton": "NTU_RGBD", "sample": "wave", "frame": frame, **sizes, "target": 7}
        graph = slow_graph(NTU_RGBD, sequence[frame], attributes)
        document = json.loads((tmp_path / "wave" / f"{frame:05}.json").read_text())
        assert normal(document) == normal(nx.node_link_data(graph, edges="edges"))
        read = nx.node_link_graph(document, edges="edges")
        assert nx.utils.graphs_equal(read, graph)
        assert nx.node_link_data(read, edges="edges") == document


def test_graphs_are_loaded_as_networkx_reads_them(tmp_path):
    export_frame_graphs([clip(seed=1), clip(3, seed=2)], tmp_path, skeleton="coco", names=["b", "a"])
    bunch = load_frame_graphs(tmp_path)
    assert bunch.name.tolist() == ["b", "a"]
    assert [len(graphs) for graphs in bunch.graphs] == [2, 3]
    for name, graphs in zip("ba", bunch.graphs, strict=True):
        for frame, graph in enumerate(graphs):
            document = json.loads((tmp_path / name / f"{frame:05}.json").read_text())
            assert nx.utils.graphs_equal(graph, nx.node_link_graph(document, edges="edges"))
    assert bunch.skeleton is COCO
    assert "target" not in bunch


def test_a_missing_joint_is_no_node_and_has_no_bone(tmp_path):
    sequence = np.ones((1, 3, 2), dtype=np.float32)
    sequence[0, 1, 0] = np.nan
    export_frame_graphs([sequence], tmp_path, skeleton=BODY)
    ((graph,),) = load_frame_graphs(tmp_path).graphs
    assert list(graph.nodes) == [0, 2]
    assert list(graph.edges) == []
    assert graph.nodes[2] == {"joint": "head", "feature": [1.0, 1.0]}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        arrays(
            np.float32,
            st.tuples(st.integers(1, 3), st.just(6), st.just(2)),
            elements=st.floats(width=32, allow_infinity=False),
        ),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
def test_sequences_come_back_bit_by_bit(tmp_path_factory, sequences, labelled):
    folder = tmp_path_factory.mktemp("export")
    for sequence in sequences:
        sequence[np.isnan(sequence).any(axis=2)] = np.nan
    target = list(range(len(sequences))) if labelled else None
    export_frame_graphs(iter(sequences), folder, skeleton=BODY, target=target)
    bunch = load_frame_graphs(folder)
    for one, other in zip(bunch.sequences, sequences, strict=True):
        np.testing.assert_array_equal(one, other, strict=True)
        seen = ~np.isnan(other)
        assert one[seen].tobytes() == other[seen].tobytes()  # the sign of zero too
    assert (bunch.target.tolist() if labelled else None) == target
    assert bunch.name.tolist() == [f"sample_{at:05}" for at in range(len(sequences))]


@pytest.mark.parametrize("skeleton", [COCO_WHOLEBODY, COCO_WHOLEBODY.without("face")], ids=str)
def test_a_layout_with_parts_comes_back(tmp_path, skeleton):
    export_frame_graphs([clip(n_joints=skeleton.n_joints)], tmp_path, skeleton=skeleton)
    assert load_frame_graphs(tmp_path).skeleton == skeleton


def test_a_layout_of_ones_own_comes_back(tmp_path):
    export_frame_graphs([clip(n_joints=3)], tmp_path, skeleton=BODY)
    assert load_frame_graphs(tmp_path).skeleton == BODY


def test_an_array_of_sequences_is_exported_too(tmp_path):
    X = np.stack([clip(seed=1), clip(seed=2)])
    export_frame_graphs(X, tmp_path, skeleton="coco", target=np.array([3, -1]))
    bunch = load_frame_graphs(tmp_path)
    np.testing.assert_array_equal(np.stack(bunch.sequences), X)
    assert bunch.target.tolist() == [3, -1]


def test_sequences_are_taken_one_at_a_time(tmp_path):
    written = []

    def sequences():
        for at in range(3):
            written.append(sum(len(files) for _, _, files in os.walk(tmp_path)))
            yield clip(2, seed=at)

    export_frame_graphs(sequences(), tmp_path, skeleton="coco")
    assert written == [0, 2, 4]


def test_an_archive_and_workers_change_nothing(tmp_path):
    export_frame_graphs([clip(3), clip(2, seed=1)], tmp_path / "graphs", skeleton="coco", target=[1, 0])
    with zipfile.ZipFile(tmp_path / "graphs.zip", "w") as archive:
        for path in sorted((tmp_path / "graphs").rglob("*.json")):
            archive.write(path, path.relative_to(tmp_path))
    plain = load_frame_graphs(tmp_path / "graphs")
    for other in (load_frame_graphs(tmp_path / "graphs.zip"), load_frame_graphs(tmp_path / "graphs", n_jobs=2)):
        np.testing.assert_array_equal(np.concatenate(other.sequences), np.concatenate(plain.sequences))
        assert other.target.tolist() == [1, 0]


def test_karateclub_takes_the_graphs_when_joints_are_counted_anew(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from karateclub import Graph2Vec
    sequence = clip(8, 25)
    sequence[3, [0, 7]] = np.nan
    export_frame_graphs([sequence], tmp_path, skeleton="ntu_rgbd")
    (graphs,) = load_frame_graphs(tmp_path).graphs
    counted = [nx.convert_node_labels_to_integers(graph, ordering="sorted") for graph in graphs]
    model = Graph2Vec(dimensions=4, attributed=True, min_count=1, epochs=1, workers=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(counted)
    assert model.get_embedding().shape == (8, 4)
    assert graphs[3].number_of_nodes() == 23
    assert not list(nx.selfloop_edges(graphs[3]))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "/etc", "C:", "a\0b", "a\n", "samples.json", " a", "a.", "x" * 201, "a?", 5]
)
def test_a_name_that_is_no_plain_folder_is_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(ValueError, match="expected the plain name of a folder"):
        export_frame_graphs([clip(), clip()], tmp_path / "out", skeleton="coco", names=["good", name])
    assert os.listdir(tmp_path) == []


def test_names_that_differ_by_case_alone_are_refused(tmp_path):
    with pytest.raises(ValueError, match="the same name twice"):
        export_frame_graphs([clip(), clip()], tmp_path, skeleton="coco", names=["Wave", "wave"])


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    export_frame_graphs([clip()], tmp_path, skeleton="coco")
    with pytest.raises(ValueError, match="is not empty, expected a new or empty one"):
        export_frame_graphs([clip()], tmp_path, skeleton="coco")


@pytest.mark.parametrize(
    ("sequences", "options", "message"),
    [
        ([], {}, "sequences is empty"),
        ([np.ones((17, 3))], {}, r"sequences\[0\] has shape \(17, 3\), expected \(n_frames, n_joints, n_channels\)"),
        ([np.ones((0, 17, 3))], {}, r"sequences\[0\] has shape \(0, 17, 3\)"),
        ([np.ones((1, 17, 600))], {}, "at most 10000 numbers a frame"),
        ([np.ones((1, 18, 3))], {}, "18 joints, but COCO has 17"),
        ([clip(), clip(n_channels=2)], {}, r"sequences\[1\] has shape \(2, 17, 2\), expected \(n_frames, 17, 3\)"),
        ([clip(), clip(n_joints=34)], {}, r"expected \(n_frames, 17, 3\) as the first one"),
        ([np.full((1, 17, 3), np.inf)], {}, r"sequences\[0\] has infinite numbers"),
        ([np.full((1, 17, 3), 1e300)], {}, r"sequences\[0\] has infinite numbers"),
        ([clip(), clip()], {"names": ["a"]}, "names has 1 items, expected one for each"),
        ([clip()], {"names": ["a", "b"]}, "names has 2 items, expected 1"),
        ([clip(), clip()], {"target": [1]}, "target has 1 items, expected one for each"),
        ([clip()], {"target": [1, 2]}, "target has 2 items, expected 1"),
        ([clip()], {"target": [1.5]}, "type float64, expected one integer per sequence"),
        ([clip()], {"target": ["a"]}, "expected one integer per sequence"),
        ([clip()], {"skeleton": "dog"}, "skeleton='dog' must be one of"),
        (
            [clip()],
            {"skeleton": Skeleton("L", [f"j{i}" for i in range(1001)], [(f"j{i}", "j0") for i in range(1, 1001)])},
            "has 1001 joints, expected at most 1000",
        ),
    ],
)
def test_what_cannot_be_exported_is_an_error_and_no_finished_export(tmp_path, sequences, options, message):
    with pytest.raises(ValueError, match=message):
        export_frame_graphs(iter(sequences), tmp_path, **{"skeleton": "coco"} | options)
    assert not (tmp_path / "samples.json").exists()


def test_an_export_that_was_stopped_is_noticed(tmp_path):
    def sequences():
        yield clip()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_frame_graphs(sequences(), tmp_path, skeleton="coco")
    with pytest.raises(SkeletonFileError, match=r"samples\.json: got no such file, expected the list that a finished"):
        load_frame_graphs(tmp_path)


def test_a_folder_without_any_file_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"such as samples\.json"):
        load_frame_graphs(tmp_path)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        load_frame_graphs(tmp_path / "nowhere")


@pytest.fixture
def export(tmp_path):
    """Two samples of a body of three joints; tests spoil one file of them."""
    export_frame_graphs([clip(3, 3), clip(2, 3, seed=1)], tmp_path, skeleton=BODY, names=["one", "two"], target=[0, 1])
    return tmp_path


def change(path, **changes):
    """Change entries of a JSON file: each is a function of the old value."""
    document = json.loads(path.read_text())
    for key, new in changes.items():
        document[key] = new(document[key])
    path.write_text(json.dumps(document))


def of_node(**changes):
    return {"nodes": lambda nodes: [nodes[0] | changes, *nodes[1:]]}


def of_graph(**changes):
    return {"graph": lambda graph: graph | changes}


FRAME_FAULTS = {
    "no list of nodes": ({"nodes": lambda nodes: {"0": nodes[0]}}, "got dict as nodes, expected a list"),
    "no list of edges": ({"edges": lambda edges: None}, "got NoneType as edges, expected a list"),
    "a directed graph": ({"directed": lambda old: True}, "got a directed graph or a multigraph"),
    "a multigraph": ({"multigraph": lambda old: True}, "got a directed graph or a multigraph"),
    "attributes in a list": ({"graph": lambda old: []}, r"got graph attributes \[\], expected skeleton, sample"),
    "too few attributes": ({"graph": lambda old: {"sample": "one"}}, "got graph attributes"),
    "another sample": (of_graph(sample="two"), "got sample 'two', expected 'one'"),
    "another frame": (of_graph(frame=2), "got frame 2, expected 1"),
    "a frame that is no number": (of_graph(frame=True), "got frame True, expected 1"),
    "another skeleton": (of_graph(skeleton="COCO"), "got skeleton 'COCO', expected 'BODY'"),
    "another target": (of_graph(target=5), "got target 5, expected 0"),
    "a text node": ({"nodes": lambda nodes: ["hip", *nodes]}, "got node 'hip', expected an id from 0 to 2"),
    "an unknown id": (of_node(id=3), "expected an id from 0 to 2"),
    "a negative id": (of_node(id=-1), "expected an id from 0 to 2"),
    "a text id": (of_node(id="0"), "expected an id from 0 to 2"),
    "a bool id": (of_node(id=False), "expected an id from 0 to 2"),
    "a node twice": ({"nodes": lambda nodes: [*nodes, nodes[0]]}, "got node 0 twice, expected each joint once"),
    "another joint": (
        of_node(joint="head"),
        "got node 0 with {'joint': 'head'}, expected {'joint': 'hip'} and a feature",
    ),
    "a person of one": (of_node(person=0), "got node 0 with"),
    "no feature": ({"nodes": lambda nodes: [{"id": 0, "joint": "hip"}]}, "expected .* and a feature"),
    "text features": (of_node(feature=["0.1", "0.2", "0.3"]), "got feature .* of node 0, expected 3 numbers"),
    "a bool feature": (of_node(feature=[True, 0, 0]), "expected 3 numbers"),
    "a number as feature": (of_node(feature=0.5), "expected 3 numbers"),
    "two numbers": (of_node(feature=[0.1, 0.2]), "expected 3 numbers"),
    "NaN": (of_node(feature=[0.1, 0.2, float("nan")]), "expected 3 numbers"),
    "infinity": (of_node(feature=[0.1, 0.2, float("inf")]), "expected 3 numbers"),
    "beyond float32": (of_node(feature=[0.1, 0.2, 1e300]), "got an infinite feature"),
    "beyond float64": (of_node(feature=[0.1, 0.2, 10**400]), "00001.json: "),
    "an edge to an unknown node": (
        {"edges": lambda edges: [*edges, {"source": 0, "target": 9}]},
        "got edge {'source': 0, 'target': 9}, expected two nodes of the graph",
    ),
    "an edge to a list": ({"edges": lambda edges: [{"source": 0, "target": [1]}]}, "expected two nodes"),
    "an edge without end": ({"edges": lambda edges: [{"source": 0}]}, "expected source and target"),
    "an edge that is no bone": (
        {"edges": lambda edges: [*edges, {"source": 0, "target": 2}]},
        "got 3 edges that are not the bones, expected the 2 bones, once each",
    ),
    "an edge twice": ({"edges": lambda edges: [*edges, edges[0]]}, "got 3 edges that are not the bones"),
    "a bone too few": ({"edges": lambda edges: edges[:1]}, "got 1 edges that are not the bones"),
}


@pytest.mark.parametrize("fault", FRAME_FAULTS)
def test_a_faulty_frame_is_named_with_got_and_wanted(export, fault):
    changes, message = FRAME_FAULTS[fault]
    change(export / "one" / "00001.json", **changes)
    with pytest.raises(SkeletonFileError, match=message) as error:
        load_frame_graphs(export)
    assert error.value.path == str(export / "one" / "00001.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "got an empty file, expected JSON"),
        ('{"directed": fal', "not JSON or is cut short"),
        ("[1]", "got list, expected an object with directed"),
        ('{"nodes": []}', r"got keys \['nodes'\], expected an object"),
        ("[" * 100_000, "00001.json"),
    ],
)
def test_a_frame_that_is_no_graph_is_an_error(export, text, message):
    (export / "one" / "00001.json").write_text(text)
    with pytest.raises(SkeletonFileError, match=message):
        load_frame_graphs(export)


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_a_missing_frame_is_named(export, frame):
    path = export / "one" / f"{frame:05}.json"
    path.unlink()
    with pytest.raises(SkeletonFileError, match="got no such file, expected 3 frames of one") as error:
        load_frame_graphs(export)
    assert error.value.path == str(path)


def test_a_missing_frame_of_an_archive_is_named(export, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "graphs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(export / "samples.json", "in/samples.json")
        archive.write(export / "one" / "00000.json", "in/one/00000.json")
    with pytest.raises(SkeletonFileError, match="got no such file") as error:
        load_frame_graphs(path)
    assert error.value.path == str(path / "in" / "one" / "00001.json")


@pytest.mark.parametrize("extra", ["one/00003.json", "three/00000.json", "notes.json"])
def test_a_file_that_is_not_listed_is_named(export, extra):
    (export / extra).parent.mkdir(exist_ok=True)
    (export / extra).write_text("{}")
    with pytest.raises(SkeletonFileError, match=r"got a file that samples\.json does not list") as error:
        load_frame_graphs(export)
    assert error.value.path == str(export / extra)


def test_two_exports_in_one_folder_are_an_error(export):
    (export / "other").mkdir()
    (export / "other" / "samples.json").write_text("{}")
    with pytest.raises(SkeletonFileError, match=r"got 2 files samples\.json, expected one"):
        load_frame_graphs(export)


def of_sample(**changes):
    return {"samples": lambda samples: [samples[0] | changes, *samples[1:]]}


def of_skeleton(**changes):
    return {"skeleton": lambda skeleton: skeleton | changes}


MANIFEST_FAULTS = {
    "another format": ({"format": lambda old: "x"}, "got another format or version"),
    "a later version": ({"version": lambda old: 2}, "got another format or version, expected .* version 1"),
    "no samples": ({"samples": lambda old: []}, "got no samples"),
    "samples in a dict": ({"samples": lambda old: {}}, "got no samples"),
    "a sample of text": ({"samples": lambda old: ["one"]}, "got sample 'one', expected name, n_frames and target"),
    "a way out": (of_sample(name="../one"), "got the sample name '../one', expected the plain name of a folder"),
    "a name of number": (of_sample(name=1), "got the sample name 1"),
    "a name twice": (of_sample(name="two"), "got a sample twice"),
    "no frames": (of_sample(n_frames=0), "got n_frames 0 of one, expected a positive integer"),
    "frames of text": (of_sample(n_frames="3"), "got n_frames '3'"),
    "frames beyond all": (of_sample(n_frames=10**18), "got no such file"),
    "a target of text": (of_sample(target="a"), "got target 'a' of one, expected an integer or null"),
    "a huge target": (of_sample(target=10**30), "expected an integer or null"),
    "some targets": (of_sample(target=None), "got targets of some samples, expected all or none"),
    "no person": ({"n_persons": lambda old: 0}, "got other sizes of frames"),
    "persons of text": ({"n_persons": lambda old: "1"}, "got other sizes of frames"),
    "persons beyond all": ({"n_persons": lambda old: 10**9}, "got other sizes of frames, expected at most 10000"),
    "channels beyond all": ({"n_channels": lambda old: 10**9}, "got other sizes of frames"),
    "no skeleton": ({"skeleton": lambda old: None}, "got NoneType without a name, expected a skeleton"),
    "joints of number": (of_skeleton(joints=[1, 2, 3]), "got no joints or more than 1000"),
    "many joints": (of_skeleton(joints=["a"] * 1001), "got no joints or more than 1000"),
    "a joint twice": (of_skeleton(joints=["hip", "hip", "head"]), "joint names must be distinct"),
    "bones of three": (of_skeleton(bones=[["hip", "neck", "head"]]), "got bones that are no pairs"),
    "a circle of bones": (of_skeleton(bones=[["neck", "hip"], ["hip", "neck"]]), "samples.json: "),
    "bones of strangers": (of_skeleton(bones=[["neck", "hip"], ["tail", "hip"]]), "BODY has no joint 'tail'"),
    "roles in a list": (of_skeleton(roles=[]), "got roles that are no lists of joints"),
    "parts in a list": (of_skeleton(parts=[]), "got parts that are no lists of joints"),
    "a part of a strange joint": (of_skeleton(parts={"arm": ["wing"]}), "no joint 'wing'"),
    "a strange role": (of_skeleton(roles={"tail": ["hip"]}), "got role 'tail'"),
}


@pytest.mark.parametrize("fault", MANIFEST_FAULTS)
def test_a_faulty_list_of_samples_is_named_with_got_and_wanted(export, fault):
    changes, message = MANIFEST_FAULTS[fault]
    change(export / "samples.json", **changes)
    with pytest.raises(SkeletonFileError, match=message):
        load_frame_graphs(export)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "null", "[" * 100_000, '{"format": ', "1" * 5000])
def test_a_list_of_samples_that_is_none_is_an_error(export, text):
    (export / "samples.json").write_text(text)
    with pytest.raises(SkeletonFileError, match=r"samples\.json"):
        load_frame_graphs(export)


def test_samples_without_targets_have_none(export):
    change(export / "samples.json", samples=lambda samples: [one | {"target": None} for one in samples])
    with pytest.raises(SkeletonFileError, match="got target 0, expected None"):
        load_frame_graphs(export)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"names": "a"}, "names='a' is one name, expected a list"),
        ({"target": 3}, r"target has shape \(\) and type int64, expected one integer per sequence"),
        ({"sequences": ["a"]}, r"sequences\[0\] is no array of numbers"),
    ],
)
def test_what_is_no_list_or_array_is_an_error_with_got_and_wanted(tmp_path, wrong, text):
    given = {"sequences": [np.ones((2, 17, 2))], "skeleton": "COCO"} | wrong
    with pytest.raises(ValueError, match=text):
        export_frame_graphs(folder=tmp_path / "graphs", **given)


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="is a file, expected a new or empty folder"):
        export_frame_graphs([np.ones((2, 17, 2))], tmp_path / "file", skeleton="COCO")
