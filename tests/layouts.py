"""The layouts of the catalogue that are bodies."""

from skeletonlearn.skeletons import Skeleton, get_skeleton, list_skeletons


def is_body(skeleton: Skeleton) -> bool:
    """Whether a layout has a trunk, as a hand has not."""
    return "hip" in skeleton.roles


BODIES = [name for name in list_skeletons() if is_body(get_skeleton(name))]
"""Names of the layouts of bodies, with hands and faces or without."""

PLAIN_BODIES = [name for name in BODIES if not get_skeleton(name).parts]
"""Names of the layouts of bodies without hands and faces."""
