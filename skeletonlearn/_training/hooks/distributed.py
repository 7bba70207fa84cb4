"""Share each batch among processes that train together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from skeletonlearn._training.hooks._hook import Hook
from skeletonlearn._training.process_group import ProcessGroup, SynchronizedBatchNorm
from skeletonlearn._training.run import TrainingRun
from skeletonlearn._training.seeding import seed_global_generators


class Distributed(Hook):
    """Lets each process pass its own samples through the networks.

    Every process sees every batch and draws the same views of it, passes its samples through the task's `forward`,
    gathers the outputs of all, and takes the loss of the whole batch: up to rounding, the losses are those of one
    process. Only dropout is drawn by each. Validation is not shared.

    Parameters
    ----------
    group : ProcessGroup
        The processes.
    """

    def __init__(self, group: ProcessGroup) -> None:
        self._group = group
        self._shared: nn.Module | None = None

    def begin(self, run: TrainingRun) -> None:
        """Begin with the first process's weights, and share what passes through the task's `forward`."""
        self._group.broadcast_module(run.networks)
        self._shared = run.task.forward
        # in place of module hooks, which an interruption from the keyboard would leave half done
        self._shared.forward = partial(self._share, self._shared.forward)

    def begin_epoch(self, run: TrainingRun) -> None:
        """Let each process draw dropout of its own, the same when the epoch is repeated."""
        entropy = [run.generator.initial_seed(), len(run.history), self._group.rank]
        seed_global_generators(int(np.random.SeedSequence(entropy).generate_state(1)[0]), run.device)

    def after_backward(self, run: TrainingRun) -> None:
        """Add up the gradients."""
        self._group.all_reduce_gradients(run.networks)

    def end_epoch(self, run: TrainingRun) -> bool:
        """Stop where the first process stops."""
        run.stop = self._group.broadcast(run.stop)
        return run.stop

    def interrupt(self, run: TrainingRun) -> bool:
        """Refuse: the other processes may be anywhere."""
        return False

    def close(self) -> None:
        """Share no longer."""
        if self._shared is not None:
            del self._shared.forward  # the instance's own; that of its class is back

    def _share(self, forward: Callable[..., Any], *args: Any) -> Any:
        """Pass this process's samples through the networks, and gather the outputs of all processes."""
        if not torch.is_grad_enabled():  # validation
            return forward(*args)
        with SynchronizedBatchNorm():
            output = forward(*(self._group.shard(arg) if isinstance(arg, Tensor) else arg for arg in args))
        if isinstance(output, tuple):
            return tuple(map(self._all_gather, output))
        return self._all_gather(output)

    def _all_gather(self, value: Any) -> Any:
        return self._group.all_gather(value) if isinstance(value, Tensor) else value
