"""The one driver of a fit, called by every estimator that trains networks."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from skeletonlearn._training.batches import smallest_batch
from skeletonlearn._training.building import as_json, build_with, check_same_structure
from skeletonlearn._training.checkpoint import Checkpoint, identify, open_checkpoint, seed_of_fit
from skeletonlearn._training.devices import resolve_device
from skeletonlearn._training.draft import adopt, draft_of
from skeletonlearn._training.fingerprint import describe
from skeletonlearn._training.hold_out import hold_out
from skeletonlearn._training.hooks import Hook
from skeletonlearn._training.hooks.callbacks import Callbacks, has_callbacks
from skeletonlearn._training.hooks.checkpointing import Checkpointing
from skeletonlearn._training.hooks.distributed import Distributed
from skeletonlearn._training.hooks.early_stopping import EarlyStopping
from skeletonlearn._training.hooks.interruption import Interruption
from skeletonlearn._training.hooks.progress_display import ProgressDisplay
from skeletonlearn._training.hooks.validation import Validation
from skeletonlearn._training.loop import train, train_epoch
from skeletonlearn._training.optimization import TrainingSettings
from skeletonlearn._training.parameters import training_settings
from skeletonlearn._training.process_group import ProcessGroup, process_group
from skeletonlearn._training.run import TrainingRun
from skeletonlearn._training.seeding import draw_seed, seeded
from skeletonlearn._training.state import load_optimizer_arrays, optimizer_arrays
from skeletonlearn._training.surroundings import default_torch, import_lazy_parts_of_torch
from skeletonlearn._training.task import FitArguments, Task
from skeletonlearn.nn import NetworkPlan

if TYPE_CHECKING:
    from skeletonlearn._training.estimator import NetworkEstimator


@default_torch()
def fit_networks(estimator: NetworkEstimator, X: Any, y: Any = None, sample_weight: Any = None) -> None:
    """Fit an estimator: train its networks, then store what was learned, all at once.

    Parameters
    ----------
    estimator : NetworkEstimator
        Stays as it is if the fit fails, is refused, or is interrupted before its first epoch has ended.
    X, y : array-like
        What it is fitted to.
    sample_weight : array-like, default=None
        Weights of the samples.

    Raises
    ------
    ValueError, TypeError
        If data or parameters are not as wanted, or the loss is no longer finite.
    OSError
        If a checkpoint cannot be read or written.

    Warns
    -----
    ConvergenceWarning
        If it was interrupted from the keyboard after an epoch at least.
    """
    estimator._validate_params()
    continues = bool(estimator.warm_start) and estimator.__sklearn_is_fitted__()
    draft = draft_of(estimator, keep_fitted=continues)
    task = draft._new_task(FitArguments(X, y, sample_weight, continues=continues))
    device = resolve_device(draft.device)
    import_lazy_parts_of_torch()
    with process_group(draft.distributed, device) as group:
        device = group.device(device)
        identity = cache(partial(_identity, draft, task, device, continues))  # it reads all of X
        group.check_equal(identity)
        checkpoint = group.broadcast_call(lambda: open_checkpoint(draft.checkpoint, identity))
        seed = group.broadcast_call(lambda: seed_of_fit(checkpoint, draft.random_state))
        fraction = draft.validation_fraction if draft.early_stopping else 0.0
        training, validation = (task.rows[part] for part in hold_out(task.strata, fraction, seed))
        settings = _settings(draft, task, len(training), group)
        with seeded(seed, device) as generator:
            run = _begin_run(draft, task, settings, generator, device, continues)
            hooks = _hooks(estimator, draft, (X, y), validation, seed, checkpoint, group)
            train(run, training, hooks)
    draft._keep(run.networks, run.history, device)
    if hasattr(draft, "optimizer_state_"):  # its moments are of other weights
        del draft.optimizer_state_
    adopt(estimator, draft)


@default_torch()
def partial_fit_networks(
    estimator: NetworkEstimator, X: Any, y: Any = None, sample_weight: Any = None, classes: Any = None
) -> None:
    """Train an estimator's networks one more epoch, at the full learning rate.

    Parameters
    ----------
    estimator : NetworkEstimator
        Stays as it is if this fails.
    X, y : array-like
        What it is fitted to.
    sample_weight : array-like, default=None
        Weights of the samples.
    classes : array-like, default=None
        All classes of all calls.

    Raises
    ------
    ValueError, TypeError
        If data or parameters are not as wanted, or the loss is not finite.
    """
    estimator._validate_params()
    continues = estimator.__sklearn_is_fitted__()
    draft = draft_of(estimator, keep_fitted=continues)
    task = draft._new_task(FitArguments(X, y, sample_weight, classes, continues=continues, is_partial=True))
    device = resolve_device(draft.device)
    import_lazy_parts_of_torch()
    done = draft.n_iter_ if continues else 0
    # a different, reproducible stream of random numbers in each call
    seed = draw_seed(draft.random_state) + done
    rows = task.rows if len(task.rows) > 1 else np.repeat(task.rows, 2)  # one sample has nothing to be normalised with
    settings = training_settings(draft, len(rows), task.automatic, schedule="constant", warmup_epochs=0)
    with seeded(seed, device) as generator:
        run = _begin_run(draft, task, settings, generator, device, continues)
        load_optimizer_arrays(run.optimizer, getattr(draft, "optimizer_state_", {}).get(draft.optimizer, {}))
        record = {**train_epoch(run, rows), "epoch": done + 1}
    draft._keep(run.networks, [*(draft.history_ if continues else []), record], device)
    draft.optimizer_state_ = {draft.optimizer: optimizer_arrays(run.optimizer)}
    adopt(estimator, draft)


def _identity(draft: NetworkEstimator, task: Task, device: torch.device, continues: bool) -> dict[str, str]:
    """Return what the fit depends on, as texts."""
    weights = list(draft.network_state_.values()) if continues else []
    return identify(draft, device, **task.data(), **{"the weights to start from": weights})


def _settings(draft: NetworkEstimator, task: Task, n_samples: int, group: ProcessGroup) -> TrainingSettings:
    settings = training_settings(draft, n_samples, task.automatic)
    smallest = smallest_batch(n_samples, settings.batch_size)
    if smallest < group.size:
        raise ValueError(
            f"{n_samples} sequences in batches of {settings.batch_size} make a batch of {smallest}, which leaves some "
            f"of {group.size} processes without any: expected a larger batch_size or fewer processes."
        )
    return settings


def _begin_run(
    draft: NetworkEstimator,
    task: Task,
    settings: TrainingSettings,
    generator: torch.Generator,
    device: torch.device,
    continues: bool,
) -> TrainingRun:
    """Build the networks on the device, or those of the last fit, and begin the task."""
    networks = _continued_networks(draft, task) if continues else _new_networks(draft, task)
    networks = networks.to(device)
    task.begin(networks, draft._plan, device)
    return TrainingRun(networks, task, settings, generator, device)


def _new_networks(draft: NetworkEstimator, task: Task) -> nn.ModuleDict:
    draft.skeleton_ = draft._resolve_skeleton(task.training_sequences)
    draft._plan = draft._plan_networks(draft.skeleton_)
    networks = draft._plan.build()
    draft._initialise(networks, task)
    return networks


def _continued_networks(draft: NetworkEstimator, task: Task) -> nn.ModuleDict:
    """Build the networks that the parameters describe now, with the weights of the last fit."""
    before = draft._plan
    if draft.skeleton != "auto":
        draft.skeleton_ = draft._resolve_skeleton(task.training_sequences)
    draft._plan = draft._plan_networks(draft.skeleton_)
    check_same_structure(
        as_json(before.described()) | _own_encoder(before),
        as_json(draft._plan.described()) | _own_encoder(draft._plan),
        f"{type(draft).__name__} cannot continue from the weights of its last fit, which are of other networks",
    )
    return build_with(draft._plan, draft.network_state_).train()


def _own_encoder(plan: NetworkPlan) -> dict[str, str]:
    """Describe a user's own encoder by its code, which a file of weights does not do."""
    return {} if isinstance(plan.encoder.encoder, str) else {"encoder": describe(plan.encoder.encoder)}


def _hooks(
    estimator: NetworkEstimator,
    draft: NetworkEstimator,
    data: tuple[Any, Any],
    validation: np.ndarray,
    seed: int,
    checkpoint: Checkpoint | None,
    group: ProcessGroup,
) -> list[Hook]:
    """Return the hooks of a fit in the order in which they are called."""
    title = type(estimator).__name__
    stopping = EarlyStopping() if draft.early_stopping else None
    hooks: list[Hook] = []
    if stopping is not None:
        hooks += [Validation(validation, seed, group), stopping]
    if checkpoint is not None:
        hooks.append(Checkpointing(checkpoint, stopping, group))
    if group.rank == 0:
        hooks.append(ProgressDisplay(title))
    if group.rank == 0 and has_callbacks(estimator):
        hooks.append(Callbacks(estimator, draft, *data))
    if group.size > 1:
        hooks.append(Distributed(group))
    return [*hooks, Interruption(title)]
