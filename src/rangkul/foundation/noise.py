"""Noise for counts: the discrete Laplace distribution, drawn exactly, in whole numbers only.

A count with this noise is ε-differentially private, whatever else anybody knows, if what one event
can change of all counts together is at most ``sensitivity``: *P(noise = x)* falls by the factor
*e^(−ε/sensitivity)* for each step away from zero. Floating-point samplers leak the count through
their last bits (Mironov 2012); this one is the exact one of Canonne, Kamath and Steinke, *The
Discrete Gaussian for Differential Privacy* (2020), algorithms 1 and 2, with integers alone.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from fractions import Fraction

Below = Callable[[int], int]
"""A whole number drawn evenly from 0 up to, but not including, its argument."""


def discrete_laplace(scale: Fraction, below: Below = secrets.randbelow) -> int:
    """One whole number, around zero, with *P(x)* proportional to *e^(−|x|/scale)*.

    ``scale`` is sensitivity/ε. Raises ``ValueError`` where it is not above zero: no noise is no
    protection.
    """
    if scale <= 0:
        raise ValueError("noise has a scale above zero")
    while True:
        whole = _magnitude(scale, below)
        negative = below(2) == 1
        # Zero has no sign: drawn as minus zero it is drawn again, or it would count twice.
        if negative and whole == 0:
            continue
        return -whole if negative else whole


def probability(x: int, scale: Fraction) -> float:
    """How likely ``discrete_laplace`` is to be ``x``: (1−q)/(1+q)·q^|x| with q = e^(−1/scale)."""
    q = math.exp(-1 / float(scale))
    return (1 - q) / (1 + q) * q ** abs(x)


def _magnitude(scale: Fraction, below: Below) -> int:
    """A whole number from 0 on with *P(k)* proportional to *e^(−k/scale)*."""
    over, under = scale.numerator, scale.denominator
    while True:
        part = below(over)
        if not _with_chance_exp(Fraction(part, over), below):
            continue
        turns = 0
        while _with_chance_exp(Fraction(1), below):
            turns += 1
        return (part + over * turns) // under


def _with_chance_exp(gamma: Fraction, below: Below) -> bool:
    """True with chance *e^(−gamma)*, for ``gamma`` between 0 and 1: von Neumann's series."""
    step = 1
    while below(gamma.denominator * step) < gamma.numerator:
        step += 1
    return step % 2 == 1
