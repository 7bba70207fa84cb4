"""HDF5 files as pandas and SLEAP write them, without either."""

import pickle

import h5py
import numpy as np


def write_table_frame(path, columns, values):
    """A data frame in the format "table"."""
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = np.bytes_("frame_table")
        rows = np.zeros(len(values), dtype=[("index", "<i8"), ("values_block_0", "<f8", (len(columns),))])
        rows["index"], rows["values_block_0"] = np.arange(len(values)), values
        table = group.create_dataset("table", data=rows)
        table.attrs["values_block_0_kind"] = np.bytes_(pickle.dumps(list(columns), protocol=0))
    return path


def write_fixed_frame(path, columns, values):
    """A data frame in the format "fixed"."""
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        levels = [np.unique(level, return_inverse=True) for level in zip(*columns, strict=True)]
        group.attrs.update(pandas_type=np.bytes_("frame"), nblocks=1, block0_items_nlevels=len(levels))
        group["block0_values"] = np.asarray(values)
        for at, (names, codes) in enumerate(levels):
            group[f"block0_items_level{at}"] = np.array([name.encode() for name in names])
            group[f"block0_items_label{at}"] = codes.astype(np.int8)
    return path


def write_sleap(path, people, joints, *, edges=(), with_scores=True):
    """An analysis file of SLEAP from (n_frames, n_tracks, n_joints, 3): x, y and the score."""
    with h5py.File(path, "w") as file:
        file.create_dataset("tracks", data=people[..., :2].transpose(1, 3, 2, 0), compression="gzip")
        file["node_names"] = np.array([joint.encode() for joint in joints])
        file["track_names"] = np.array([b"mouse"] * people.shape[1])
        if edges:
            file["edge_names"] = np.array([[joint.encode() for joint in edge] for edge in edges])
        if with_scores:
            file["point_scores"] = people[..., 2].transpose(1, 2, 0)
    return path
