"""Pictures: bodies, learning curves, embeddings and predictions, in the style of scikit-learn's displays.

A display is made by a class method such as ``from_estimator``, which also draws it; ``plot`` draws it again elsewhere.
The pictures need matplotlib, which the extra ``plot`` brings: ``pip install 'skeletonlearn[plot]'``. It is imported
when something is drawn, and nothing but the new figure changes its global state.
"""

from skeletonlearn.plotting._animation import animate_sequence
from skeletonlearn.plotting._attention_display import AttentionDisplay
from skeletonlearn.plotting._embedding_display import EmbeddingDisplay
from skeletonlearn.plotting._joint_importance_display import JointImportanceDisplay
from skeletonlearn.plotting._loss_curve_display import LossCurveDisplay
from skeletonlearn.plotting._skeleton_display import SkeletonDisplay
from skeletonlearn.plotting._top_k_display import TopKDisplay

__all__ = [
    "AttentionDisplay",
    "EmbeddingDisplay",
    "JointImportanceDisplay",
    "LossCurveDisplay",
    "SkeletonDisplay",
    "TopKDisplay",
    "animate_sequence",
]
