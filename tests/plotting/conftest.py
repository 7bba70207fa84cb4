"""Every figure that a test makes is closed after it, and drawn without a screen."""

import matplotlib as mpl
import numpy as np
import pytest

from skeletonlearn.skeletons import Skeleton

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


@pytest.fixture
def figure_of_the_users_own():
    """A figure that is pyplot's current one, with an axes."""
    import matplotlib.pyplot as plt

    return plt.subplots()


@pytest.fixture(scope="session")
def five_joints():
    """A small layout with both sides and a bone that leads from one to the other."""
    joints = ("hip", "head", "left_hip", "right_hip", "left_foot")
    bones = (("head", "hip"), ("left_hip", "hip"), ("right_hip", "left_hip"), ("left_foot", "left_hip"))
    return Skeleton("FIVE", joints, bones)


@pytest.fixture
def walk(five_joints):
    """Four frames of two dimensions, moving to the right."""
    body = np.array([[0.0, 0.0], [0.0, 2.0], [1.0, 0.0], [-1.0, 0.0], [1.0, -2.0]])
    return body + np.arange(4.0)[:, None, None] * [0.5, 0.0]
