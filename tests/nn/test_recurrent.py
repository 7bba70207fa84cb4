"""Recurrent encoders against a plain loop over time."""

import pytest
import torch
from torch import nn

from skeletonlearn.nn import RecurrentEncoder

LENGTHS = torch.tensor([9, 1, 6])
N_STEPS = [5, 1, 3]
CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}


def sequences(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def encoder_of(cell, **options):
    return RecurrentEncoder(9, 2, 3, cell=cell, hidden_dim=8, **options).eval()


def over_time(cell, encoder, steps, suffix):
    """Hidden states of one sequence in the order of its `steps` (S, D), by a cell with the weights of one direction."""
    kind = CELLS[cell](steps.shape[1], encoder.recurrent.hidden_size)
    for name, weight in kind.named_parameters():
        weight.data.copy_(getattr(encoder.recurrent, f"{name}_l0{suffix}"))
    state, hidden = None, []
    for step in steps:
        state = kind(step[None], state)
        hidden.append(state[0] if cell == "lstm" else state)
    return torch.cat(hidden)


def in_loops(cell, encoder, sequence):
    """Features of the steps of one sequence (F, J, C) without padding."""
    stemmed = encoder.stem(sequence[None])[0][0]
    steps = over_time(cell, encoder, stemmed, "")
    if encoder.recurrent.bidirectional:
        steps = torch.cat([steps, over_time(cell, encoder, stemmed.flip(0), "_reverse").flip(0)], dim=1)
    return steps


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_steps_are_those_of_a_loop_over_each_sequence(cell, bidirectional):
    encoder = encoder_of(cell, n_layers=1, bidirectional=bidirectional)
    x = sequences(3, 9, 2, 3)
    steps, n_steps = encoder.steps(x, LENGTHS)
    assert n_steps.tolist() == N_STEPS
    for row, sequence, length, end in zip(steps, x, LENGTHS, N_STEPS, strict=True):
        torch.testing.assert_close(row[:end], in_loops(cell, encoder, sequence[:length]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_steps_after_the_end_are_zero(cell):
    steps, _ = encoder_of(cell).steps(sequences(3, 9, 2, 3), LENGTHS)
    assert steps.shape == (3, 5, 8)
    assert [row.any(dim=1).tolist() for row in steps] == [[True] * end + [False] * (5 - end) for end in N_STEPS]


@pytest.mark.parametrize("cell", CELLS)
def test_last_is_where_each_direction_ends(cell):
    encoder = encoder_of(cell, n_layers=1, pooling="last")
    x = sequences(3, 9, 2, 3)
    embedding = encoder(x, LENGTHS)
    for row, sequence, length in zip(embedding, x, LENGTHS, strict=True):
        steps = in_loops(cell, encoder, sequence[:length])
        torch.testing.assert_close(row, torch.cat([steps[-1, :4], steps[0, 4:]]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_last_is_the_final_hidden_state_that_torch_tells(cell):
    encoder = encoder_of(cell, n_layers=2, pooling="last")
    x = sequences(3, 9, 2, 3)
    final = encoder.recurrent(encoder.stem(x)[0])[1]
    forwards, backwards = (final[0] if cell == "lstm" else final)[-2:]
    torch.testing.assert_close(encoder(x), torch.cat([forwards, backwards], dim=1))


def test_in_one_direction_a_frame_changes_no_step_that_ends_before_it():
    encoder = encoder_of("gru", bidirectional=False)
    x = sequences(1, 20, 2, 3)
    changed = x.clone()
    changed[:, 10] += 1
    differs = (encoder.steps(changed)[0] != encoder.steps(x)[0]).any(dim=2).flatten().tolist()
    # frame 10 moves frames 9 to 11, and step 4 is made of frames 7 to 9
    assert differs == [False] * 4 + [True] * 6


def test_in_two_directions_a_frame_changes_every_step():
    encoder = encoder_of("gru")
    x = sequences(1, 20, 2, 3)
    changed = x.clone()
    changed[:, 10] += 1
    assert (encoder.steps(changed)[0] != encoder.steps(x)[0]).any(dim=2).all()


def test_without_lengths_there_are_none():
    assert encoder_of("gru").steps(sequences(3, 9, 2, 3))[1] is None


def test_encoder_takes_sequences_longer_than_those_it_was_made_for():
    assert encoder_of("lstm")(sequences(2, 40, 2, 3)).shape == (2, 8)


@pytest.mark.parametrize(("n_layers", "between"), [(1, 0.0), (3, 0.4)])
def test_dropout_is_in_the_stem_between_layers_and_before_pooling(n_layers, between):
    encoder = encoder_of("lstm", n_layers=n_layers, dropout=0.4)
    assert (encoder.recurrent.num_layers, encoder.recurrent.dropout) == (n_layers, between)
    assert (encoder.stem.drop.p, encoder.drop.p) == (0.4, 0.4)


def test_an_odd_width_is_refused_for_two_directions():
    with pytest.raises(ValueError, match=r"hidden_dim=7 must be even for two directions \(bidirectional=True\)"):
        RecurrentEncoder(6, 2, 3, cell="gru", hidden_dim=7)


def test_one_direction_may_be_of_odd_width():
    encoder = RecurrentEncoder(6, 2, 3, cell="gru", hidden_dim=7, bidirectional=False)
    assert encoder(sequences(2, 6, 2, 3)).shape == (2, 7)


def test_unknown_cell_is_refused_with_the_known_names():
    with pytest.raises(ValueError, match=r"cell='rnn' must be one of 'lstm', 'gru'"):
        RecurrentEncoder(6, 2, 3, cell="rnn")
