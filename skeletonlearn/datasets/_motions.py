"""The catalogue of synthetic actions: joint angles as functions of time, for a right-handed performer.

Each action takes its progress `u` (rising from 0 to 1) and a :class:`Style`, and gives a :class:`Movement`; a mutual
action gives two, the actor's and the partner's. Angles are written in degrees.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from skeletonlearn.datasets._kinematics import Pose

Degrees = float | np.ndarray
"""One angle, or one for each frame."""

_SIGN = {"right": 1.0, "left": -1.0}


class Style:
    """How one performance differs from others of the same action.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the variations.
    amplitude : float
        Factor on all angles.
    seconds : float
        How long the action lasts.
    pace : float
        Factor on the frequency of repeated movements.
    """

    def __init__(self, rng: np.random.Generator, amplitude: float, seconds: float, pace: float) -> None:
        self.rng = rng
        self.amplitude = amplitude
        self.seconds = seconds
        self.pace = pace

    def vary(self, degrees: float) -> float:
        """About so many degrees."""
        return degrees * self.amplitude * self.rng.normal(1.0, 0.1)

    def swing(self, u: np.ndarray, hertz: float, least: float = 1.0) -> np.ndarray:
        """A sine that starts at 0, of about so many hertz and at least so many periods."""
        periods = max(least, hertz * self.pace * self.seconds)
        return np.sin(2.0 * np.pi * periods * u)


class Movement:
    """Angles that are added up segment by segment.

    Parameters
    ----------
    n_frames : int
        How many frames the movement has.
    """

    def __init__(self, n_frames: int) -> None:
        self.pose = Pose({}, np.zeros((n_frames, 3)))

    def turn(self, segment: str, flexion: Degrees = 0.0, twist: Degrees = 0.0, abduction: Degrees = 0.0) -> None:
        """Add a rotation to a segment, in degrees; each angle is a number or one for each frame."""
        angles = self.pose.angles.setdefault(segment, np.zeros_like(self.pose.shift))
        for axis, degrees in enumerate((flexion, twist, abduction)):
            angles[:, axis] += np.deg2rad(degrees)

    def bend(self, forward: Degrees = 0.0, twist: Degrees = 0.0, aside: Degrees = 0.0) -> None:
        """Bend the trunk, half at the waist and half at the chest."""
        for segment in ("waist", "chest"):
            self.turn(segment, -0.5 * np.asarray(forward), 0.5 * np.asarray(twist), -0.5 * np.asarray(aside))

    def arm(
        self, side: str, raised: Degrees = 0.0, aside: Degrees = 0.0, outward: Degrees = 0.0, elbow: Degrees = 0.0
    ) -> None:
        """Raise an arm forward and aside, turn it outward about its own axis, flex its elbow."""
        sign = _SIGN[side]
        self.turn(f"{side}_upper_arm", raised, -sign * np.asarray(outward), sign * np.asarray(aside))
        self.turn(f"{side}_forearm", elbow)

    def leg(self, side: str, raised: Degrees = 0.0, aside: Degrees = 0.0, knee: Degrees = 0.0) -> None:
        """Raise a leg forward and aside and flex its knee; the foot stays level."""
        self.turn(f"{side}_thigh", raised, 0.0, _SIGN[side] * np.asarray(aside))
        self.turn(f"{side}_shank", -np.asarray(knee))
        self.turn(f"{side}_foot", np.asarray(knee) - np.asarray(raised))

    def crouch(self, depth: np.ndarray, knee: float) -> None:
        """Flex both knees by `depth * knee` and lower the pelvis behind the feet."""
        for side in _SIGN:
            self.leg(side, raised=0.85 * knee * depth, knee=knee * depth)
        self.pose.shift[:, 2] += 0.25 * depth * knee / 90.0


def rise(u: np.ndarray, start: float, end: float) -> np.ndarray:
    """From 0 before `start` to 1 after `end`, smoothly."""
    x = np.clip((u - start) / (end - start), 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def hold(u: np.ndarray, start: float = 0.0, up: float = 0.25, down: float = 0.75, end: float = 1.0) -> np.ndarray:
    """Up from 0 to 1, held, and back to 0."""
    return rise(u, start, up) - rise(u, down, end)


def wave(u: np.ndarray, style: Style) -> Movement:
    move, up = Movement(len(u)), hold(u)
    swing = style.vary(28) * style.swing(u, 1.6, least=2.0)
    move.arm("right", raised=style.vary(15) * up, aside=style.vary(72) * up, outward=style.vary(80) * up)
    move.arm("right", elbow=(style.vary(95) + swing) * up)
    return move


def wave_both(u: np.ndarray, style: Style) -> Movement:
    move, up = Movement(len(u)), hold(u)
    swing = style.vary(25) * style.swing(u, 1.4, least=2.0)
    for side in _SIGN:
        move.arm(side, aside=(style.vary(120) + swing) * up, outward=style.vary(60) * up, elbow=style.vary(35) * up)
    return move


def clap(u: np.ndarray, style: Style) -> Movement:
    move, up = Movement(len(u)), hold(u, up=0.2, down=0.8)
    swing = style.vary(22) * style.swing(u, 2.0, least=2.0)
    for side in _SIGN:
        move.arm(side, raised=style.vary(40) * up, outward=-(style.vary(18) + swing) * up, elbow=style.vary(80) * up)
    return move


def punch(u: np.ndarray, style: Style) -> Movement:
    move, guard, hit = Movement(len(u)), hold(u), hold(u, 0.3, 0.5, 0.55, 0.75)
    for side in _SIGN:
        move.arm(side, raised=style.vary(25) * guard, elbow=style.vary(110) * guard)
    move.arm("right", raised=style.vary(60) * hit, elbow=-style.vary(95) * hit)
    move.bend(forward=style.vary(8) * hit, twist=style.vary(25) * hit)
    move.pose.shift[:, 2] -= 0.15 * hit
    return move


def throw(u: np.ndarray, style: Style) -> Movement:
    move, wind, release = Movement(len(u)), hold(u, 0.0, 0.35, 0.4, 0.6), hold(u, 0.4, 0.6, 0.7, 1.0)
    move.arm("right", aside=style.vary(85) * wind, outward=style.vary(85) * wind, elbow=style.vary(100) * wind)
    move.arm("right", raised=style.vary(80) * release, elbow=style.vary(15) * release)
    move.arm("left", raised=style.vary(35) * wind)
    move.bend(forward=style.vary(20) * release - style.vary(10) * wind, twist=style.vary(35) * (release - wind))
    move.leg("left", raised=style.vary(25) * hold(u, 0.2, 0.4, 0.45, 0.65), knee=style.vary(30) * wind)
    return move


def drink(u: np.ndarray, style: Style) -> Movement:
    move, up, tilt = Movement(len(u)), hold(u, up=0.35, down=0.7), hold(u, 0.35, 0.5, 0.6, 0.75)
    move.arm("right", raised=style.vary(45) * up + style.vary(20) * tilt, outward=-style.vary(25) * up)
    move.arm("right", elbow=style.vary(125) * up)
    move.turn("head", flexion=style.vary(22) * tilt)
    return move


def kick(u: np.ndarray, style: Style) -> Movement:
    move, back, hit = Movement(len(u)), hold(u, 0.0, 0.25, 0.3, 0.5), hold(u, 0.3, 0.5, 0.6, 1.0)
    move.leg("right", raised=style.vary(75) * hit - style.vary(25) * back, knee=style.vary(70) * back)
    move.leg("right", knee=style.vary(15) * hit)
    move.bend(forward=-style.vary(15) * hit)
    move.arm("left", raised=style.vary(35) * hit, aside=style.vary(15) * hit)
    move.arm("right", raised=-style.vary(25) * hit, aside=style.vary(20) * hit)
    return move


def squat(u: np.ndarray, style: Style) -> Movement:
    move, down = Movement(len(u)), hold(u, 0.0, 0.45, 0.55, 1.0)
    move.crouch(down, style.vary(95))
    move.bend(forward=style.vary(30) * down)
    for side in _SIGN:
        move.arm(side, raised=style.vary(75) * down)
    return move


def jump(u: np.ndarray, style: Style) -> Movement:
    move, load = Movement(len(u)), hold(u, 0.0, 0.3, 0.32, 0.45) + 0.7 * hold(u, 0.65, 0.75, 0.78, 1.0)
    move.crouch(load, style.vary(60))
    flight = np.clip((u - 0.4) / 0.3, 0.0, 1.0)
    move.pose.shift[:, 1] += 4.0 * flight * (1.0 - flight) * style.vary(0.3)
    move.bend(forward=style.vary(25) * load)
    for side in _SIGN:
        move.arm(side, raised=style.vary(110) * hold(u, 0.3, 0.5, 0.6, 0.8) - style.vary(35) * load)
    return move


def sit_down(u: np.ndarray, style: Style) -> Movement:
    move = Movement(len(u))
    _sit(move, rise(u, 0.15, 0.85), hold(u, 0.0, 0.45, 0.55, 1.0), style)
    return move


def stand_up(u: np.ndarray, style: Style) -> Movement:
    move = Movement(len(u))
    _sit(move, 1.0 - rise(u, 0.15, 0.85), hold(u, 0.0, 0.35, 0.45, 0.9), style)
    return move


def _sit(move: Movement, seated: np.ndarray, leaning: np.ndarray, style: Style) -> None:
    for side in _SIGN:
        move.leg(side, raised=style.vary(82) * seated, knee=style.vary(85) * seated)
        move.arm(side, raised=style.vary(22) * seated, elbow=style.vary(40) * seated)
    move.pose.shift[:, 2] += 0.5 * seated  # a thigh, so that the feet stay where they are
    move.bend(forward=style.vary(38) * leaning)


def pick_up(u: np.ndarray, style: Style) -> Movement:
    move, down, taken = Movement(len(u)), hold(u, 0.0, 0.45, 0.55, 0.95), rise(u, 0.5, 0.9)
    move.crouch(down, style.vary(50))
    move.bend(forward=style.vary(70) * down)
    move.arm("right", raised=style.vary(60) * down, elbow=style.vary(70) * taken)
    return move


def walk(u: np.ndarray, style: Style) -> Movement:
    move, going = Movement(len(u)), hold(u, 0.0, 0.15, 0.85, 1.0)
    swing = style.swing(u, 1.0, least=1.5) * going
    for side, sign in _SIGN.items():
        step = np.maximum(sign * swing, 0.0)
        move.leg(side, raised=style.vary(38) * step, knee=style.vary(55) * step)
        move.arm(side, raised=-sign * style.vary(22) * swing, elbow=style.vary(20) * going)
    return move


def bow(u: np.ndarray, style: Style) -> Movement:
    move, down = Movement(len(u)), hold(u, 0.0, 0.4, 0.6, 1.0)
    move.bend(forward=style.vary(48) * down)
    move.turn("head", flexion=-style.vary(18) * down)
    return move


def point(u: np.ndarray, style: Style) -> Movement:
    move, up = Movement(len(u)), hold(u, 0.0, 0.3, 0.7, 1.0)
    move.arm("right", raised=style.vary(82) * up, aside=style.rng.normal(10.0, 10.0) * up)
    return move


def draw_circle(u: np.ndarray, style: Style) -> Movement:
    move, up = Movement(len(u)), hold(u, 0.0, 0.2, 0.8, 1.0)
    around = 2.0 * np.pi * max(1.0, round(0.6 * style.pace * style.seconds)) * rise(u, 0.15, 0.85)
    move.arm("right", raised=(style.vary(85) + style.vary(30) * np.cos(around)) * up)
    move.arm("right", aside=style.vary(30) * np.sin(around) * up, elbow=style.vary(15) * up)
    return move


def jumping_jack(u: np.ndarray, style: Style) -> Movement:
    move = Movement(len(u))
    opened = style.swing(u, 0.5) ** 2
    for side in _SIGN:
        move.arm(side, aside=style.vary(140) * opened, outward=style.vary(60) * opened)
        move.leg(side, aside=style.vary(22) * opened)
    move.pose.shift[:, 1] += 0.25 * style.swing(u, 1.0) ** 2
    return move


def handshake(u: np.ndarray, style: Style) -> tuple[Movement, Movement]:
    up = hold(u)
    shake = style.vary(10) * style.swing(u, 2.0, least=2.0)
    both = Movement(len(u)), Movement(len(u))
    for move in both:
        move.arm("right", raised=style.vary(45) * up, outward=-style.vary(15) * up)
        move.arm("right", elbow=(style.vary(40) + shake) * up)
        move.bend(forward=style.vary(6) * up)
    return both


def push(u: np.ndarray, style: Style) -> tuple[Movement, Movement]:
    actor, partner = Movement(len(u)), Movement(len(u))
    ready, reach, thrown = hold(u, 0.0, 0.25, 0.7, 1.0), hold(u, 0.2, 0.45, 0.55, 0.85), hold(u, 0.4, 0.6, 0.75, 1.0)
    for side in _SIGN:
        actor.arm(side, raised=style.vary(35) * ready + style.vary(45) * reach)
        actor.arm(side, elbow=style.vary(85) * (ready - reach))
        partner.arm(side, raised=style.vary(25) * thrown, aside=style.vary(25) * thrown)
    actor.bend(forward=style.vary(18) * reach)
    partner.bend(forward=-style.vary(22) * thrown)
    partner.pose.shift[:, 2] += 0.5 * rise(u, 0.4, 0.7)
    partner.leg("right", raised=-style.vary(20) * thrown, knee=style.vary(25) * thrown)
    return actor, partner


def high_five(u: np.ndarray, style: Style) -> tuple[Movement, Movement]:
    up = hold(u, 0.1, 0.45, 0.55, 0.9)
    both = Movement(len(u)), Movement(len(u))
    for move in both:
        move.arm("right", raised=style.vary(120) * up, elbow=style.vary(45) * up)
    return both


def hand_over(u: np.ndarray, style: Style) -> tuple[Movement, Movement]:
    actor, partner = Movement(len(u)), Movement(len(u))
    actor.arm("right", raised=style.vary(25) * hold(u, 0.0, 0.2, 0.6, 0.8))
    actor.arm("right", elbow=style.vary(70) * hold(u, 0.0, 0.2, 0.3, 0.6))
    actor.arm("right", raised=style.vary(35) * hold(u, 0.25, 0.45, 0.55, 0.8))
    partner.arm("right", raised=style.vary(55) * hold(u, 0.25, 0.45, 0.55, 0.9))
    partner.arm("right", elbow=style.vary(75) * hold(u, 0.5, 0.75, 0.85, 1.0))
    return actor, partner


SOLO: dict[str, Callable[[np.ndarray, Style], Movement]] = {
    "wave with one hand": wave,
    "wave with both hands": wave_both,
    "clap": clap,
    "punch": punch,
    "throw": throw,
    "drink": drink,
    "point": point,
    "draw circle": draw_circle,
    "kick": kick,
    "sit down": sit_down,
    "stand up": stand_up,
    "pick up": pick_up,
    "squat": squat,
    "bow": bow,
    "jump": jump,
    "walk in place": walk,
    "jumping jack": jumping_jack,
}
MUTUAL: dict[str, Callable[[np.ndarray, Style], tuple[Movement, Movement]]] = {
    "handshake": handshake,
    "push": push,
    "high five": high_five,
    "hand over": hand_over,
}
