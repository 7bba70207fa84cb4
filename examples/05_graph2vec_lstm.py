"""
Frames as graphs, graphs as words, an LSTM over them
====================================================

Each frame of a sequence becomes a graph of joints, graph2vec embeds each graph in 128 dimensions, and an LSTM reads
60 of them in time order: one scikit-learn pipeline from sequences as they were recorded to classes. Beside it stands
a GRU that reads the joints themselves.

Synthetic motions by default; real recordings with
``python examples/05_graph2vec_lstm.py --data FOLDER --dataset nw_ucla``.
"""

import argparse
import hashlib
import time
from pathlib import Path

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.pipeline import Pipeline

from skeletonlearn import Graph2VecEmbedder, GRUClassifier, LSTMClassifier
from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla, make_actions
from skeletonlearn.preprocessing import make_skeleton_pipeline

parser = argparse.ArgumentParser(description="Classify sequences of frame graphs, and the joints themselves.")
parser.add_argument("--dataset", choices=["synthetic", "nw_ucla", "msr_action3d"], default="synthetic")
parser.add_argument("--data", help="the folder with the files of a real data set")
parser.add_argument("--epochs", type=int, default=30, help="how often each sequence is seen")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--out", type=Path, default=Path("output"), help="where the picture is written")
options = parser.parse_args([] if "get_ipython" in globals() else None)  # a notebook has no command line
if options.dataset != "synthetic" and options.data is None:
    parser.error(f"--dataset {options.dataset} needs --data FOLDER, the folder with its files")

# %%
# The data
# --------
# Lists of sequences of different lengths, with gaps where a joint was not seen. All else is left to the pipelines.

if options.dataset == "nw_ucla":
    actions = load_nw_ucla(options.data)
    train, test, unseen = actions.train_index, actions.test_index, "unseen camera"
elif options.dataset == "msr_action3d":
    actions = load_msr_action3d(options.data)
    train, test, unseen = actions.train_index, actions.test_index, "unseen subjects"
else:
    actions = make_actions(n_samples=360, random_state=options.seed)
    is_test = actions.camera == actions.camera.max()
    train, test, unseen = np.flatnonzero(~is_test), np.flatnonzero(is_test), "unseen camera"
X_train, X_test = ([actions.sequences[at] for at in rows] for rows in (train, test))
y_train, y_test = actions.target[train], actions.target[test]
print(f"{options.dataset}: {len(train)} sequences to train on, {len(test)} to test ({unseen}), ", end="")
print(f"{len(actions.target_names)} actions.")

# %%
# The pipelines
# -------------
# ``output="sequence"`` keeps the vectors of a sequence's graphs apart and in time order, ``(n_samples, 60, 128)``,
# which is what a recurrent classifier reads. The layout's bones are the edges of the graphs. Both systems see the same
# preprocessed joints; the GRU sees them in a new random view each time, which vectors of graphs do not allow.

N_GRAPHS, DIMENSIONS = 60, 128
skeleton, network = actions.skeleton, {"hidden_dim": 128, "max_epochs": options.epochs, "random_state": options.seed}
embedder = Graph2VecEmbedder(
    skeleton, output="sequence", n_graphs=N_GRAPHS, dimensions=DIMENSIONS, random_state=options.seed
)
graph2vec_lstm = Pipeline(
    [
        ("pre", make_skeleton_pipeline(skeleton, n_frames=N_GRAPHS)),
        ("emb", embedder),
        ("clf", LSTMClassifier(**network)),
    ]
)
joints_gru = Pipeline(
    [
        ("pre", make_skeleton_pipeline(skeleton, n_frames=N_GRAPHS)),
        ("clf", GRUClassifier(skeleton=skeleton, **network)),
    ]
)
chance = DummyClassifier(strategy="prior")

accuracy, seconds = {}, {}
systems = {"graph2vec + LSTM": graph2vec_lstm, "joints + GRU": joints_gru, "chance": chance}
for system, estimator in systems.items():
    start = time.perf_counter()
    estimator.fit(X_train, y_train)
    seconds[system] = time.perf_counter() - start
    accuracy[system] = estimator.score(X_test, y_test)

# %%
# A frame as a graph
# ------------------
# What a joint does is quantised to one of eight codes, learned from the training frames: once for the direction of its
# bone in the body's own axes, once for its motion. Each of the two has a node for every joint, and bones join them.

embedder, preprocessing = graph2vec_lstm.named_steps["emb"], graph2vec_lstm.named_steps["pre"]
frames = preprocessing.transform(X_test[:1])
at = N_GRAPHS // 2
graph = embedder.to_graphs(frames)[0][at]
features = list(embedder.codebooks_)
print(f"\nFrame {at} of the first test sequence ({actions.target_names[y_test[0]]}): {graph}")

# %%
# The words of the graph are its nodes' own labels, ``"joint:code"``, and then one for each node together with its
# neighbours: a hash that says which codes meet along the bones. karateclub joins every node to itself first. The most
# frequent words of the training graphs are the vocabulary; others are not read.

own = nx.get_node_attributes(graph, "feature")


def word_with_neighbours(node: int) -> str:
    """The Weisfeiler-Lehman word of a node, its label and the sorted ones of itself and its neighbours, hashed."""
    around = sorted(own[other] for other in (node, *graph[node]))
    return hashlib.md5("_".join([own[node], *around]).encode(), usedforsecurity=False).hexdigest()


known = set(embedder.words_)
print(f"{'node':<26}{'word':<8}{'with its neighbours':<36}(* in the vocabulary of {len(known)} words)")
for joint in ("neck", "left_elbow", "left_wrist", "right_elbow", "right_wrist", "left_knee", "right_knee"):
    for layer, feature in enumerate(features):
        node = layer * skeleton.n_joints + skeleton.joints.index(joint)
        word, hashed = (word + " *" * (word in known) for word in (own[node], word_with_neighbours(node)))
        print(f"{joint + ', ' + feature:<26}{word:<8}{hashed}")
read = [word in known for node in graph for word in (own[node], word_with_neighbours(node))]
print(f"The document of this frame has {len(read)} words, of which {sum(read)} are in the vocabulary.")

# %%
# The picture shows the codes where the joints are, the body seen from the front: the first axis points to the left.

options.out.mkdir(parents=True, exist_ok=True)
figure, axes = plt.subplots(1, len(features), figsize=(4.5 * len(features), 7), layout="constrained", sharey=True)
place = frames[0, at, :, :2] * (-1, 1)
for layer, (ax, feature) in enumerate(zip(axes, features, strict=True)):
    nodes = range(layer * skeleton.n_joints, (layer + 1) * skeleton.n_joints)
    positions = dict(zip(nodes, place, strict=True))
    codes = [int(own[node].split(":")[1]) for node in nodes]
    nx.draw_networkx(
        graph.subgraph(nodes),
        positions,
        ax=ax,
        nodelist=list(nodes),
        node_color=codes,
        labels=dict(zip(nodes, codes, strict=True)),
        cmap="Pastel1",
        vmin=0,
        vmax=embedder.n_codes,
        edge_color="0.6",
        edgecolors="0.3",
        node_size=150,
        font_size=8,
    )
    ax.set_aspect("equal")
    ax.set_title(f"{feature}: a code for each joint")
    ax.axis("off")
figure.suptitle(f'Frame {at} of "{actions.target_names[y_test[0]]}" as a graph')
figure.savefig(options.out / "frame_graph.png", dpi=120)

# %%
# What graph2vec keeps
# --------------------
# How well a linear model tells what a frame was, in test sequences, from the codes of its nodes and from its vector:
# the posture (joints as seen from the hip), the motion (between the frames before and after) and where the hip is.

SOME = 100  # sequences of each part: as networkx graphs, all frames would take a while


def some_of(sequences: list[np.ndarray]) -> np.ndarray:
    """Some sequences, drawn at random, preprocessed."""
    drawn = np.random.default_rng(options.seed).permutation(len(sequences))[:SOME]
    return preprocessing.transform([sequences[at] for at in drawn])


def code_rows(X: np.ndarray) -> np.ndarray:
    """The codes of every frame's nodes, as zeros and ones."""
    of_graphs = [
        [int(feature.split(":")[1]) for feature in nx.get_node_attributes(graph, "feature").values()]
        for graphs in embedder.to_graphs(X)
        for graph in graphs
    ]
    return np.eye(embedder.n_codes)[of_graphs].reshape(len(of_graphs), -1)


def what_there_is(X: np.ndarray) -> dict[str, np.ndarray]:
    """What a model is to tell of every frame."""
    hip = X[:, :, [skeleton.root]]
    wanted = {"posture": X - hip, "motion": np.gradient(X, axis=1), "place": hip}
    return {name: of_frames.reshape(-1, of_frames[0, 0].size) for name, of_frames in wanted.items()}


def share_told(known: list[np.ndarray], wanted: list[np.ndarray]) -> float:
    """The share of the variance in test frames that a linear model tells; none if the mean does better."""
    told = Ridge(10).fit(known[0], wanted[0]).predict(known[1])
    return max(0.0, r2_score(wanted[1], told, multioutput="variance_weighted"))


joints = [some_of(X_train), some_of(X_test)]
code_parts = [code_rows(X) for X in joints]
vector_parts = [embedder.transform(X).reshape(-1, DIMENSIONS) for X in joints]
wanted = list(map(what_there_is, joints))
print("\nOf the variance in test frames, a linear model tells")
print(f"{'':<10}{'from the codes':>16}{'from the vector':>18}")
told = {}
for name in wanted[0]:
    targets = [of_part[name] for of_part in wanted]
    told[name] = [100 * share_told(known, targets) for known in (code_parts, vector_parts)]
    print(f"{name:<10}{told[name][0]:>14.0f} %{told[name][1]:>16.0f} %")
print(
    f"Codes hold {told['posture'][0]:.0f} % of the posture and {told['motion'][0]:.0f} % of the motion: one of "
    f"{embedder.n_codes} ways to point or to move for each joint, not how far.\n"
    f"One vector for all words of a frame keeps {told['posture'][1]:.0f} and {told['motion'][1]:.0f} %.\n"
    "Where the body is has no code: what is told of it, posture and motion give away."
)

# %%
# The table
# ---------

print(f"\nAccuracy on the whole test set ({unseen}, {options.epochs} epochs, seed {options.seed}):")
print(f"\n{'system':<20}{'accuracy':>10}{'fit':>10}")
for system in systems:
    fitted_in = "" if system == "chance" else f"{seconds[system]:8.0f} s"
    print(f"{system:<20}{100 * accuracy[system]:8.1f} %{fitted_in}")
print(f"\nPicture: {options.out / 'frame_graph.png'}")
