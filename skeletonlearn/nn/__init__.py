"""Torch modules: encoders from `(B, F, J, C)` to `(B, D)`, decoders back, heads and streams."""

from skeletonlearn.nn._build import (
    DECODERS,
    ENCODERS,
    build_decoder,
    build_encoder,
    embedding_width,
    step_width,
    takes_lengths,
)
from skeletonlearn.nn._cooccurrence import CooccurrenceDecoder, CooccurrenceEncoder
from skeletonlearn.nn._fusion import FUSIONS, EncoderPlan, LateFusion, StreamedEncoder
from skeletonlearn.nn._heads import Heads, LogCompression, projection_head
from skeletonlearn.nn._mixer import MixerBlock, MixerDecoder, MixerEncoder
from skeletonlearn.nn._mlp import MLPDecoder, MLPEncoder
from skeletonlearn.nn._network_plan import DecoderPlan, NetworkPlan, PredictionPlan, ProjectionPlan, RescaledHeads
from skeletonlearn.nn._pooling import POOLINGS, TemporalPooling
from skeletonlearn.nn._recurrent import RecurrentEncoder
from skeletonlearn.nn._stream_stack import STREAMS, StreamStack, choose_streams
from skeletonlearn.nn._tcn import SlowFastEncoder, TCNDecoder, TCNEncoder, TemporalBlock
from skeletonlearn.nn._transformer import TransformerEncoder

__all__ = [
    "DECODERS",
    "ENCODERS",
    "FUSIONS",
    "POOLINGS",
    "STREAMS",
    "CooccurrenceDecoder",
    "CooccurrenceEncoder",
    "DecoderPlan",
    "EncoderPlan",
    "Heads",
    "LateFusion",
    "LogCompression",
    "MLPDecoder",
    "MLPEncoder",
    "MixerBlock",
    "MixerDecoder",
    "MixerEncoder",
    "NetworkPlan",
    "PredictionPlan",
    "ProjectionPlan",
    "RecurrentEncoder",
    "RescaledHeads",
    "SlowFastEncoder",
    "StreamStack",
    "StreamedEncoder",
    "TCNDecoder",
    "TCNEncoder",
    "TemporalBlock",
    "TemporalPooling",
    "TransformerEncoder",
    "build_decoder",
    "build_encoder",
    "choose_streams",
    "embedding_width",
    "projection_head",
    "step_width",
    "takes_lengths",
]
