"""Where the points of a hand and of a face lie in the body model, in metres, at rest.

Body axes: x to the right of the body, y up, z backward. Sides are those of the right; the left is their mirror image.
"""

from __future__ import annotations

Position = tuple[float, float, float]

# a right hand that hangs, its thumb in front, from the wrist
RIGHT_HAND: dict[str, Position] = {
    "hand_wrist": (0.0, -0.012, 0.0),
    "thumb_cmc": (-0.01, -0.025, -0.025),
    "thumb_mcp": (-0.015, -0.055, -0.045),
    "thumb_ip": (-0.02, -0.08, -0.06),
    "thumb_tip": (-0.022, -0.105, -0.07),
    "index_finger_mcp": (0.0, -0.09, -0.028),
    "index_finger_pip": (0.0, -0.13, -0.033),
    "index_finger_dip": (-0.004, -0.155, -0.036),
    "index_finger_tip": (-0.01, -0.177, -0.038),
    "middle_finger_mcp": (0.0, -0.095, -0.006),
    "middle_finger_pip": (0.0, -0.14, -0.007),
    "middle_finger_dip": (-0.004, -0.17, -0.008),
    "middle_finger_tip": (-0.01, -0.195, -0.008),
    "ring_finger_mcp": (0.0, -0.09, 0.014),
    "ring_finger_pip": (0.0, -0.13, 0.016),
    "ring_finger_dip": (-0.004, -0.158, 0.018),
    "ring_finger_tip": (-0.01, -0.18, 0.02),
    "pinky_mcp": (0.0, -0.082, 0.033),
    "pinky_pip": (0.0, -0.113, 0.038),
    "pinky_dip": (-0.004, -0.134, 0.042),
    "pinky_tip": (-0.01, -0.154, 0.045),
}

# from the nose
MIDDLE_FACE: dict[str, Position] = {
    "nose_tip": (0.0, 0.0, -0.008),
    "nose_bridge_3": (0.0, 0.014, -0.002),
    "nose_bridge_2": (0.0, 0.026, 0.004),
    "nose_bridge_1": (0.0, 0.038, 0.01),
    "nose_base": (0.0, -0.014, 0.006),
    "upper_lip": (0.0, -0.036, 0.0),
    "upper_lip_inside": (0.0, -0.044, 0.002),
    "lower_lip_inside": (0.0, -0.052, 0.002),
    "lower_lip": (0.0, -0.064, 0.002),
    "chin": (0.0, -0.095, 0.01),
}
RIGHT_FACE: dict[str, Position] = {
    "eye": (0.032, 0.035, 0.015),
    "eye_inner": (0.018, 0.035, 0.01),
    "eye_outer": (0.046, 0.035, 0.025),
    "eye_upper_inner": (0.025, 0.041, 0.01),
    "eye_upper_outer": (0.039, 0.041, 0.016),
    "eye_lower_inner": (0.026, 0.029, 0.01),
    "eye_lower_outer": (0.038, 0.029, 0.016),
    "pupil": (0.032, 0.036, 0.009),
    "ear": (0.075, 0.01, 0.1),
    "brow_1": (0.055, 0.054, 0.028),
    "brow_2": (0.046, 0.06, 0.016),
    "brow_3": (0.034, 0.062, 0.008),
    "brow_4": (0.022, 0.06, 0.004),
    "brow_5": (0.012, 0.056, 0.004),
    "nostril_inner": (0.008, -0.012, 0.008),
    "nostril_outer": (0.017, -0.008, 0.012),
    "mouth": (0.025, -0.05, 0.01),
    "mouth_inside": (0.019, -0.049, 0.008),
    "upper_lip_inner": (0.009, -0.034, 0.0),
    "upper_lip_outer": (0.018, -0.04, 0.004),
    "upper_lip_inside": (0.01, -0.045, 0.003),
    "lower_lip_inside": (0.01, -0.051, 0.003),
    "lower_lip_inner": (0.009, -0.063, 0.003),
    "lower_lip_outer": (0.018, -0.058, 0.006),
    "jaw_1": (0.073, 0.03, 0.09),
    "jaw_2": (0.071, 0.012, 0.086),
    "jaw_3": (0.068, -0.006, 0.078),
    "jaw_4": (0.064, -0.026, 0.068),
    "jaw_5": (0.058, -0.046, 0.054),
    "jaw_6": (0.048, -0.066, 0.038),
    "jaw_7": (0.034, -0.082, 0.024),
    "jaw_8": (0.018, -0.092, 0.014),
}
