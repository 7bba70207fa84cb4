"""The leak auditor: test sequences that repeat training sequences.

`_find` holds the public function; `_motion` brings one sequence to a form that copies share; `_screen` throws out the
pairs that cannot be copies; `_align` compares the pairs that are left, first roughly, then in full.
"""

from skeletonlearn.model_selection._leaks._find import Leaks, find_leaks

__all__ = ["Leaks", "find_leaks"]
