"""One training shared by the processes of a torch.distributed group, as `torchrun` starts them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


class OneProcess:
    """A training that no other process takes part in.

    Attributes
    ----------
    rank, size : int
        Number of this process, and of all.
    """

    rank = 0
    size = 1

    def agree(self, values: dict[str, str]) -> None:
        """Refuse to train where the processes have been told different things; one alone has not."""

    def share(self, value: Any) -> Any:
        """The first process's value."""
        return value

    def ask_first(self, question: Callable[[], Any]) -> Any:
        """What a function gives, or raises, in the first process, which alone calls it."""
        return question()

    def own_device(self, device: torch.device) -> torch.device:
        """The accelerator that is this process's, of those on its machine."""
        return device

    def begin(self, module: nn.Module) -> None:
        """Give all processes the first one's weights."""

    def begin_epoch(self, seed: int, epoch: int) -> None:
        """Let each process draw a dropout of its own."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Inside the block, batch normalisation takes its statistics over the batches of all processes."""
        yield

    def part(self, batch: Tensor) -> Tensor:
        """This process's rows of a batch that all have."""
        return batch

    def join(self, rows: Tensor) -> Tensor:
        """All processes' rows, in order, made from each one's part of a batch; gradients reach this one's."""
        return rows

    def mean(self, value: Tensor, n_rows: int) -> Tensor:
        """The mean of a loss over all rows, from its mean over this process's rows."""
        return value

    def sum_gradients(self, module: nn.Module) -> None:
        """Add up the gradients of all processes."""


class Ranks(OneProcess):
    """The processes of the default group, one of which this is.

    Every process sees every batch and draws the same views of it, encodes its part, and takes the loss of all parts
    together: so the losses are those of one process that does it all, up to rounding. Dropout alone is drawn by each.
    """

    def __init__(self) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()

    def agree(self, values: dict[str, str]) -> None:
        """Refuse to train where the processes have been told different things.

        Parameters
        ----------
        values : dict of str to str
            What must be the same, by name.

        Raises
        ------
        ValueError
            In every process, with the names of what differs.
        """
        all_values: list[dict[str, str]] = [{} for _ in range(self.size)]
        dist.all_gather_object(all_values, values)
        differing = sorted({name for other in all_values for name in values if other.get(name) != all_values[0][name]})
        if differing:
            raise ValueError(
                f"The {self.size} processes differ in {', '.join(differing)}: expected the same data and parameters "
                "in all of them."
            )

    def share(self, value: Any) -> Any:
        """The first process's value.

        Parameters
        ----------
        value : object
            This process's.

        Returns
        -------
        object
            What the first process has.
        """
        values = [value]
        dist.broadcast_object_list(values, src=0)
        return values[0]

    def ask_first(self, question: Callable[[], Any]) -> Any:
        """What a function gives, or raises, in the first process, which alone calls it.

        Parameters
        ----------
        question : callable
            Called without arguments; its result and its errors are sent to all.

        Returns
        -------
        object
            The result.
        """
        answer: tuple[Any, Exception | None] = (None, None)
        if self.rank == 0:
            try:
                answer = question(), None
            except Exception as error:  # noqa: BLE001 - the other processes wait for an answer; raised below in all
                answer = None, error
        result, failure = self.share(answer)
        if failure is not None:
            raise failure
        return result

    def own_device(self, device: torch.device) -> torch.device:
        """The accelerator that `torchrun` has for this process; a processor is shared."""
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if device.type == "cuda" else device

    def begin(self, module: nn.Module) -> None:
        """Give all processes the first one's weights."""
        for tensor in module.state_dict().values():
            dist.broadcast(tensor, src=0)

    def begin_epoch(self, seed: int, epoch: int) -> None:
        """Let each process draw a dropout of its own, the same when the epoch is begun again."""
        torch.manual_seed(int(np.random.SeedSequence([seed, epoch, self.rank]).generate_state(1)[0]))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Inside the block, batch normalisation takes its statistics over the batches of all processes."""
        with _JointBatchNorm():
            yield

    def part(self, batch: Tensor) -> Tensor:
        """This process's rows of a batch `(B, ...)` that all have."""
        return batch.tensor_split(self.size)[self.rank]

    def join(self, rows: Tensor) -> Tensor:
        """All processes' rows `(B, ...)`, in order, from each one's part; gradients reach this one's."""
        joined: Tensor = _Join.apply(rows, self.rank, self.size)
        return joined

    def mean(self, value: Tensor, n_rows: int) -> Tensor:
        """The mean of a loss over all rows, from its mean over this process's `n_rows`."""
        total = value * n_rows
        counts = torch.tensor([float(n_rows)], device=value.device)
        dist.all_reduce(counts)
        return self.join(total[None]).sum() / counts[0]

    def sum_gradients(self, module: nn.Module) -> None:
        """Add up the gradients of all processes, each of which holds those of its own rows."""
        gradients = [weight.grad for weight in module.parameters() if weight.grad is not None]
        if not gradients:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        for gradient, summed in zip(gradients, flat.split([each.numel() for each in gradients]), strict=True):
            gradient.copy_(summed.view_as(gradient))


@contextmanager
def join_ranks(distributed: bool, device: torch.device) -> Iterator[OneProcess]:
    """The processes that train together, in a group that is begun if `torchrun` asks for one and none is there.

    Parameters
    ----------
    distributed : bool
        Whether others take part.
    device : torch.device
        Where each trains.

    Yields
    ------
    OneProcess
        This one, or all of them.

    Raises
    ------
    ValueError
        If others should take part, and there is neither a group nor the environment that `torchrun` makes.
    """
    if not distributed:
        yield OneProcess()
        return
    begins = not dist.is_initialized()
    if begins:
        missing = [name for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
        if missing:
            raise ValueError(
                f"distributed=True found no process group, and {', '.join(missing)} not in the environment: expected a "
                "script started by torchrun, or torch.distributed.init_process_group called before."
            )
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Ranks()
    finally:
        if begins:
            dist.destroy_process_group()


class _Join(torch.autograd.Function):
    """Rows of all processes; each takes the whole loss of them, so each is sent back its own rows' gradient alone."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, rank: int, size: int) -> Tensor:
        counts = [torch.zeros(1, dtype=torch.int64, device=rows.device) for _ in range(size)]
        dist.all_gather(counts, torch.tensor([len(rows)], device=rows.device))
        lengths = [int(count) for count in counts]
        # all parts are sent as long as the longest, which every backend can
        padded = rows.new_zeros((max(lengths), *rows.shape[1:]))
        padded[: len(rows)] = rows
        parts = [torch.empty_like(padded) for _ in range(size)]
        dist.all_gather(parts, padded)
        ctx.start, ctx.n_rows = sum(lengths[:rank]), len(rows)
        return torch.cat([part[:length] for part, length in zip(parts, lengths, strict=True)])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return gradient[ctx.start : ctx.start + ctx.n_rows], None, None


class _Sum(torch.autograd.Function):
    """The sum over all processes; what each makes of it sends a gradient to all."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        total = gradient.contiguous().clone()
        dist.all_reduce(total)
        return total


class _JointBatchNorm(TorchFunctionMode):
    """Lets batch normalisation, whoever's module calls it, take mean and variance over all processes in training.

    torch's SyncBatchNorm does so on GPUs only, and would change the modules.
    """

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function is nn.functional.batch_norm:
            return _joint_batch_norm(*args, **(kwargs or {}))
        return function(*args, **(kwargs or {}))


def _joint_batch_norm(
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """As :func:`torch.nn.functional.batch_norm`, on `(B, D, ...)`, with the statistics of all processes' batches."""
    if not training:
        return torch.batch_norm(
            x, weight, bias, running_mean, running_var, False, momentum, eps, torch.backends.cudnn.enabled
        )
    over = [0, *range(2, x.ndim)]
    shape = [1, -1, *[1] * (x.ndim - 2)]
    values = x.float()
    count = torch.tensor(float(values.numel() // values.shape[1]), device=x.device)
    dist.all_reduce(count)
    mean = _Sum.apply(values.sum(over)) / count
    centred = values - mean.view(shape)
    variance = _Sum.apply(centred.square().sum(over)) / count
    if running_mean is not None and running_var is not None:
        with torch.no_grad():
            running_mean.lerp_(mean, momentum)
            running_var.lerp_(variance * count / (count - 1).clamp_min(1), momentum)
    normalised = centred * (variance + eps).rsqrt().view(shape)
    if weight is not None and bias is not None:
        normalised = normalised * weight.view(shape) + bias.view(shape)
    return normalised.to(x.dtype)
