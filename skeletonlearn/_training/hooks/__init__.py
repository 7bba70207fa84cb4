"""What happens around the epochs of a training, one thing per file."""

from skeletonlearn._training.hooks._hook import Hook

__all__ = ["Hook"]
