"""The processes of a torch.distributed group that train together, as `torchrun` starts them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


class ProcessGroup:
    """This process, and the others of torch's default group that train the same networks.

    Collectives have the names that they have in :mod:`torch.distributed`. In a group of one they return what they are
    given.

    Parameters
    ----------
    rank : int, default=0
        Number of this process.
    size : int, default=1
        Number of processes.
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size

    def broadcast(self, value: Any) -> Any:
        """Return the first process's value.

        Parameters
        ----------
        value : object
            This process's.

        Returns
        -------
        object
            The first process's.
        """
        if self.size == 1:
            return value
        values = [value]
        dist.broadcast_object_list(values, src=0)
        return values[0]

    def broadcast_call(self, function: Callable[[], Any]) -> Any:
        """Call a function in the first process only, and return or raise in all what it returns or raises there.

        Parameters
        ----------
        function : callable
            Called without arguments; results and errors are sent to all.

        Returns
        -------
        object
            The result.
        """
        if self.size == 1:
            return function()
        answer: tuple[Any, Exception | None] = (None, None)
        if self.rank == 0:
            try:
                answer = function(), None
            except Exception as error:  # noqa: BLE001 - the other processes wait for an answer; raised below in all
                answer = None, error
        result, failure = self.broadcast(answer)
        if failure is not None:
            raise failure
        return result

    def check_equal(self, values: Callable[[], dict[str, str]]) -> None:
        """Refuse to train where the processes have got different data or parameters.

        Parameters
        ----------
        values : callable
            Returns what must be equal, by name; called only where there are other processes.

        Raises
        ------
        ValueError
            In every process, with the names of what differs.
        """
        if self.size == 1:
            return
        all_values: list[dict[str, str]] = [{} for _ in range(self.size)]
        dist.all_gather_object(all_values, values())
        first = all_values[0]
        differing = sorted({name for other in all_values for name in first if other.get(name) != first[name]})
        if differing:
            raise ValueError(
                f"The {self.size} processes differ in {', '.join(differing)}: expected the same data and parameters "
                "in all of them."
            )

    def device(self, device: torch.device) -> torch.device:
        """Return the accelerator that `torchrun` has for this process; a CPU is shared.

        Parameters
        ----------
        device : torch.device
            What the estimator asks for.

        Returns
        -------
        torch.device
            Where this process trains.

        Raises
        ------
        ValueError
            If processes cannot train together on such a device, or there is none for this process.
        """
        if self.size == 1 or device.type == "cpu":
            return device
        if device.type != "cuda":
            raise ValueError(
                f"distributed=True trains on CPUs and on CUDA GPUs, got the device '{device}': expected device='cpu'."
            )
        index, n_devices = int(os.environ.get("LOCAL_RANK", 0)), torch.cuda.device_count()
        if index >= n_devices:
            raise ValueError(
                f"LOCAL_RANK={index} has no GPU of its own, there are {n_devices}: expected at most {n_devices} "
                "processes per machine, or device='cpu'."
            )
        return torch.device("cuda", index)

    def shard(self, batch: Tensor) -> Tensor:
        """Return this process's samples of a batch `(B, ...)` that all processes have.

        Parameters
        ----------
        batch : Tensor of shape (B, ...)
            All samples.

        Returns
        -------
        Tensor of shape (B_rank, ...)
            Consecutive ones.
        """
        return batch.tensor_split(self.size)[self.rank]

    def all_gather(self, samples: Tensor) -> Tensor:
        """Join all processes' samples in order; gradients reach this process's own.

        Parameters
        ----------
        samples : Tensor of shape (B_rank, ...)
            This process's; other axes are padded with zeros to the longest of all processes.

        Returns
        -------
        Tensor of shape (B, ...)
            All samples.
        """
        joined: Tensor = _AllGather.apply(samples, self.rank, self.size)
        return joined

    def all_reduce_gradients(self, module: nn.Module) -> None:
        """Add up the gradients of all processes, each of which holds those of its own samples.

        Parameters
        ----------
        module : torch.nn.Module
            Its parameters' gradients change in place. Those that no process has stay None.
        """
        weights = [weight for weight in module.parameters() if weight.requires_grad]
        gradients = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in weights]
        # the samples of a process may leave weights without a gradient that have one elsewhere: how many have one is
        # added up with the gradients, so that all processes send the same numbers
        there = gradients[0].new_tensor([weight.grad is not None for weight in weights])
        flat = torch.cat([*(gradient.flatten() for gradient in gradients), there])
        dist.all_reduce(flat)
        *sums, counts = flat.split([*(weight.numel() for weight in weights), len(weights)])
        for weight, gradient, summed, count in zip(weights, gradients, sums, counts.tolist(), strict=True):
            if count:
                weight.grad = gradient.copy_(summed.view_as(gradient))

    def broadcast_module(self, module: nn.Module) -> None:
        """Give all processes the first one's weights and buffers.

        Parameters
        ----------
        module : torch.nn.Module
            Changes in place.
        """
        for tensor in module.state_dict().values():
            sent = tensor.contiguous()  # collectives send memory as it lies
            dist.broadcast(sent, src=0)
            tensor.copy_(sent)


@contextmanager
def process_group(distributed: bool, device: torch.device) -> Iterator[ProcessGroup]:
    """Join the processes that train together, in a new group if `torchrun` asks for one and none is there.

    Parameters
    ----------
    distributed : bool
        Whether others take part.
    device : torch.device
        Where each trains.

    Yields
    ------
    ProcessGroup
        Of this process, or of all of them.

    Raises
    ------
    ValueError
        If others should take part, and there is neither a group nor the environment that `torchrun` makes.
    """
    if not distributed:
        yield ProcessGroup()
        return
    begins = not dist.is_initialized()
    if begins:
        missing = [name for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
        if missing:
            raise ValueError(
                f"distributed=True found no process group, and {', '.join(missing)} not in the environment: expected a "
                "script started by torchrun, or torch.distributed.init_process_group called before."
            )
        # lengths of sequences and objects are on the CPU in any case
        dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
    try:
        yield ProcessGroup(dist.get_rank(), dist.get_world_size())
    finally:
        if begins:
            dist.destroy_process_group()


class _AllGather(torch.autograd.Function):
    """Samples of all processes; each computes the whole loss, so each gets back the gradient of its own samples."""

    @staticmethod
    def forward(ctx: Any, samples: Tensor, rank: int, size: int) -> Tensor:
        shapes = [torch.zeros(samples.ndim, dtype=torch.int64, device=samples.device) for _ in range(size)]
        dist.all_gather(shapes, torch.tensor(samples.shape, device=samples.device))
        # all parts are sent in the shape of the largest, which every backend can
        padded = samples.new_zeros(torch.stack(shapes).amax(0).tolist())
        padded[tuple(map(slice, samples.shape))] = samples
        parts = [torch.empty_like(padded) for _ in range(size)]
        dist.all_gather(parts, padded)
        lengths = [int(shape[0]) for shape in shapes]
        ctx.own = (slice(sum(lengths[:rank]), sum(lengths[: rank + 1])), *map(slice, samples.shape[1:]))
        return torch.cat([part[:length] for part, length in zip(parts, lengths, strict=True)])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        return gradient[ctx.own], None, None


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


class SynchronizedBatchNorm(TorchFunctionMode):
    """Inside the block, batch normalisation takes mean and variance over all processes in training.

    It does so whichever module calls it. torch's SyncBatchNorm works on GPUs only, and would change the modules.
    """

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of torch, or our own batch normalisation."""
        if function is nn.functional.batch_norm:
            return _synchronized_batch_norm(*args, **(kwargs or {}))
        return function(*args, **(kwargs or {}))


def _synchronized_batch_norm(
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
