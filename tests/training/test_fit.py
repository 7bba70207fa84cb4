"""The fit driver's own decisions; what it does as a whole is tested with estimators."""

import pytest

from skeletonlearn import ConMLPEmbedder
from skeletonlearn._training.fit import _settings
from skeletonlearn._training.process_group import ProcessGroup
from tests.training.one_weight import OneWeight


@pytest.mark.parametrize(("n_samples", "n_processes"), [(19, 2), (9, 3)])
def test_batches_with_a_sequence_for_each_process_are_accepted(n_samples, n_processes):
    embedder = ConMLPEmbedder(batch_size=n_processes)
    assert _settings(embedder, OneWeight(), n_samples, ProcessGroup(0, n_processes)).batch_size == n_processes


def test_batches_that_leave_a_process_without_sequences_are_refused():
    text = "19 sequences in batches of 3 make a batch of 2, .* 3 processes without any: expected a larger batch_size"
    with pytest.raises(ValueError, match=text):
        _settings(ConMLPEmbedder(batch_size=3), OneWeight(), 19, ProcessGroup(0, 3))
