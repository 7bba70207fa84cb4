"""Memory for large tensors."""

import pytest
import torch

from skeletonlearn._memory import empty_like


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("shape", [(3,), (2, 5, 7, 3), (40, 50, 60, 3)])
def test_new_memory_has_shape_and_type_and_is_contiguous_and_aligned(shape, dtype):
    made = empty_like(torch.zeros(shape, dtype=dtype))
    assert (made.shape, made.dtype) == (shape, dtype)
    assert made.is_contiguous()
    assert made.data_ptr() % 64 == 0


def test_new_memory_holds_what_is_written_after_all_other_names_are_gone():
    made = [empty_like(torch.zeros(100_000)).fill_(at) for at in range(20)]
    assert [tensor.unique().tolist() for tensor in made] == [[at] for at in range(20)]


def test_memory_like_a_transposed_tensor_is_contiguous():
    assert empty_like(torch.zeros(4, 6).T).stride() == (4, 1)
