"""A sequence as a film."""

import io

import numpy as np
import pytest
from matplotlib.animation import PillowWriter
from PIL import Image

from skeletonlearn.plotting import animate_sequence


@pytest.fixture
def drawn(walk, five_joints):
    """A film that was drawn, so that it does not complain when it is dropped."""
    film = animate_sequence(walk, five_joints, fps=20)
    film._draw_was_started = True
    return film


def test_frame_shows_the_joints_where_they_are_then(drawn, walk):
    artists = drawn._func(3)
    shown = np.concatenate([np.column_stack(line.get_data()) for line in artists[3:-1] if len(line.get_xdata())])
    assert sorted(map(tuple, shown)) == sorted(map(tuple, walk[3]))
    assert artists[-1].get_text() == "frame 3"


def test_limits_hold_all_frames(drawn, walk):
    ax = drawn._fig.axes[0]
    assert ax.get_xlim()[0] < walk[..., 0].min()
    assert ax.get_xlim()[1] > walk[..., 0].max()


def test_film_has_all_frames_at_their_speed_in_html(drawn):
    page = drawn.to_jshtml()
    assert page.count("data:image/png;base64") == 4
    assert drawn._interval == 50


def test_film_is_saved_as_gif(drawn, tmp_path):
    drawn.save(tmp_path / "film.gif", writer=PillowWriter(fps=20), dpi=30)
    with Image.open(io.BytesIO((tmp_path / "film.gif").read_bytes())) as gif:
        assert (gif.n_frames, gif.info["duration"]) == (4, 50)


@pytest.mark.parametrize("fps", [0, -1, "fast", np.inf])
def test_speed_that_is_none_is_refused(fps, walk, five_joints):
    with pytest.raises(ValueError, match=f"fps={fps!r} must be a positive number"):
        animate_sequence(walk, five_joints, fps=fps)


def test_ax_that_is_none_is_refused(walk, five_joints):
    with pytest.raises(TypeError, match="ax=3 must be a matplotlib Axes or None, got int"):
        animate_sequence(walk, five_joints, ax=3)
