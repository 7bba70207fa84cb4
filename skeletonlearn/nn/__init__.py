"""Torch modules: encoders from `(B, F, J, C)` to `(B, D)`, decoders back, heads and streams."""

from skeletonlearn.nn._build import DECODERS, ENCODERS, build_decoder, build_encoder, embedding_width
from skeletonlearn.nn._cooccurrence import CooccurrenceDecoder, CooccurrenceEncoder
from skeletonlearn.nn._heads import projection_head
from skeletonlearn.nn._mixer import MixerBlock, MixerDecoder, MixerEncoder
from skeletonlearn.nn._mlp import MLPDecoder, MLPEncoder
from skeletonlearn.nn._streams import STREAMS, StreamStack
from skeletonlearn.nn._tcn import TCNDecoder, TCNEncoder, TemporalBlock

__all__ = [
    "DECODERS",
    "ENCODERS",
    "STREAMS",
    "CooccurrenceDecoder",
    "CooccurrenceEncoder",
    "MLPDecoder",
    "MLPEncoder",
    "MixerBlock",
    "MixerDecoder",
    "MixerEncoder",
    "StreamStack",
    "TCNDecoder",
    "TCNEncoder",
    "TemporalBlock",
    "build_decoder",
    "build_encoder",
    "embedding_width",
    "projection_head",
]
