"""A linear layer for very many features, and how its weight gets a gradient at little cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

import torch
from torch import Tensor, nn
from torch.autograd.graph import get_gradient_edge

from skeletonlearn._memory import empty_like


class WideLinear(nn.Linear):
    """Linear layer for very many features: equal to its base class, but faster to train on a CPU.

    The gradient of the weight is large (46 MB at 300 x 50 x 3). The views of a batch pass the layer one after the
    other, and autograd would compute one such gradient per view and add them. Here all passes of a graph send the
    factors of their gradients to one gate, which multiplies and adds them in one piece of memory.
    """

    _gate: Callable[[], Tensor | None] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Turn `(B, in_features)` into `(B, out_features)`."""
        if not self._can_gate(x):
            return super().forward(x)
        product: Tensor = _GatedProduct.apply(x, self.weight.detach(), self.bias, self._shared_gate())
        return product

    def _can_gate(self, x: Tensor) -> bool:
        return (
            self.training
            and torch.is_grad_enabled()
            and x.device.type == self.weight.device.type == "cpu"
            and not x.requires_grad
            # the weight is another kind of tensor inside torch.func and with parametrizations
            and isinstance(self.weight, nn.Parameter)
            and self.weight.requires_grad
            and not torch.is_autocast_enabled("cpu")
            and not torch.compiler.is_compiling()
        )

    def _shared_gate(self) -> Tensor:
        """Return the gate of the passes whose graph is still alive, or a new one."""
        gate = self._gate() if self._gate is not None else None
        if gate is None or _source(gate) is not get_gradient_edge(self.weight).node:
            gate = _Gate.apply(self.weight)
            self._gate = ref(gate)
        return gate

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_gate"}


def _source(gate: Tensor) -> object:
    """Return the node of the graph that a gate hands its gradient to."""
    assert gate.grad_fn is not None
    return gate.grad_fn.next_functions[0][0]


class _Gate(torch.autograd.Function):
    """A stand-in for a weight, of its shape but without its values; its gradient is the weight's."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor) -> Tensor:
        return weight.new_empty(()).expand(weight.shape)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        return grad_output.computed() if isinstance(grad_output, _SumOfProducts) else grad_output


class _GatedProduct(torch.autograd.Function):
    """`x @ weight.T + bias`, differentiable in the bias and in the weight, whose gradient goes to the gate."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, gate: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        ctx.gate = gate  # lives as long as the graph
        return nn.functional.linear(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[None, None, Tensor | None, Tensor | None]:
        (x,) = ctx.saved_tensors
        of_bias = grad_output.sum(0) if ctx.needs_input_grad[2] else None
        if torch.is_grad_enabled():  # the gradient will be differentiated again
            return None, None, of_bias, grad_output.T @ x
        return None, None, of_bias, _SumOfProducts([(grad_output, x)])


class _SumOfProducts(Tensor):
    """A sum of matrix products `left.T @ right` that is not computed before it is needed."""

    factors: list[tuple[Tensor, Tensor]]

    @staticmethod
    def __new__(cls, factors: list[tuple[Tensor, Tensor]]) -> _SumOfProducts:
        left, right = factors[0]
        made: _SumOfProducts = Tensor._make_wrapper_subclass(cls, (left.shape[1], right.shape[1]), dtype=right.dtype)
        made.factors = factors
        return made

    def computed(self) -> Tensor:
        """Compute the sum in one piece of memory."""
        (left, right), *others = self.factors
        total = torch.mm(left.T, right, out=empty_like(self))  # (D, B) @ (B, F*J*C)
        for left, right in others:
            total.addmm_(left.T, right)
        return total

    __torch_function__: Any = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]  # the stub of torch misses the class
        cls, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if func is torch.ops.aten.add.Tensor and all(isinstance(arg, cls) for arg in args) and not kwargs:
            return cls([pair for arg in args for pair in arg.factors])
        return func(*(arg.computed() if isinstance(arg, cls) else arg for arg in args), **(kwargs or {}))
