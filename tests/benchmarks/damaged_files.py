"""Damaged files in every loader of users' own files: counts of how they end, and what ends otherwise than promised.

Run `python -m tests.benchmarks.damaged_files --cases 10000 --seed 0` from the repository's root: so many cases of each
fixture of `tests.file_fixtures`. Each ends in a sound Bunch or in a SkeletonFileError that names the file. `--fixtures`
chooses some, `--messages` prints the distinct messages of errors. The exit code is 1 if any case did not end as
promised; each kind of such a case is printed once, with the call that repeats it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.damaged_files import Outcome, run
from tests.file_fixtures import FIXTURES

SMALLEST = ("--cases", "20", "--fixtures", "openpose", "mediapipe table")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases, print what came of them, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1_000, help="of each fixture")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--fixtures", nargs="+", default=sorted(FIXTURES), choices=sorted(FIXTURES))
    parser.add_argument("--messages", action="store_true")
    asked = parser.parse_args(arguments)
    n_failures, messages = 0, Counter[str]()
    for name in asked.fixtures:
        kinds, failures = Counter[str](), Counter[str]()
        for number in range(asked.first, asked.first + asked.cases):
            outcome = run_case(name, asked.seed, number)
            kinds[outcome.kind if not outcome.failure else f"{outcome.kind} (not as promised)"] += 1
            messages[_shortened(outcome.message)] += 1
            if outcome.failure:
                failures[kind_of(outcome)] += 1
                if failures[kind_of(outcome)] == 1:  # more of a kind tell nothing
                    print(f"\nrun_case({name!r}, {asked.seed}, {number})\n{outcome.message}\n{outcome.failure}")
        n_failures += failures.total()
        ends = ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))
        print(f"{name:22} {asked.cases:6} cases: {ends}", flush=True)
    if asked.messages:
        print("\n".join(f"{n:6} {text}" for text, n in sorted(messages.items()) if text))
    print(f"\n{n_failures} of {asked.cases * len(asked.fixtures)} cases did not end as promised.")
    return int(n_failures > 0)


def run_case(name: str, seed: int, number: int) -> Outcome:
    """Run one case in a folder of its own."""
    with TemporaryDirectory() as folder:
        return run(name, seed, number, Path(folder))


def kind_of(outcome: Outcome) -> str:
    """What cases that fail alike have in common: the error and the line that raised it."""
    lines = re.findall(r"line \d+, in \w+", outcome.failure)
    return f"{outcome.kind} {lines[-1] if lines else _shortened(outcome.failure)}"


def _shortened(message: str) -> str:
    """A message without its path, its numbers and the values that it quotes."""
    message = re.sub(r"/tmp/\S*", "FILE", message)
    for value, sign in {r"'[^']*'": "'...'", r"\[[^]]*\]": "[...]", r"-?\d+(\.\d+)?(e[-+]?\d+)?": "#"}.items():
        message = re.sub(value, sign, message)
    return message[:160]


if __name__ == "__main__":
    sys.exit(main())
