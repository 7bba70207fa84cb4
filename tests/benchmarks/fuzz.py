"""Random calls of every public estimator, as many as one likes: counts of how they end, and what ends otherwise.

Run `python -m tests.benchmarks.fuzz --cases 10000 --seed 0` from the repository's root. Cases come in blocks of 50,
each of one estimator and drawn from the seed and its own number: `--skip 4000` goes on where a run with the same seed
was cut off, and processes with different seeds draw different cases. `--estimators` chooses some, `--messages` prints
the distinct messages of errors, `--warnings` those of warnings. The exit code is 1 if any case did not end as
promised; each kind of such a case is printed once, as Python that runs by itself.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzzing import ESTIMATORS, PREAMBLE, Case, Outcome, cases, run, shortened

BLOCK = 50
SMALLEST = ("--cases", "50", "--estimators", "StreamBuilder")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases, print what came of them, and give the exit code."""
    asked = parse(arguments)
    tally = Tally()
    for block in blocks(asked):
        run_block(*block, tally.see)
        done = f"{asked.skip + tally.n_cases} of {asked.cases} cases, {tally.n_failures} failed"
        print(done, file=sys.stderr, flush=True)
    print(tally.table())
    for name in ("messages", "warnings"):
        if getattr(asked, name):
            print(f"\n{name.capitalize()}:\n" + "\n".join(f"{n:6} {text}" for text, n in sorted(tally.told[name])))
    print(f"\n{tally.n_failures} of {tally.n_cases} cases did not end as promised.")
    return int(tally.n_failures > 0)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skip", type=int, default=0, help="cases that were run before, a multiple of 50")
    parser.add_argument("--estimators", nargs="+", default=sorted(ESTIMATORS), choices=sorted(ESTIMATORS))
    parser.add_argument("--messages", action="store_true")
    parser.add_argument("--warnings", action="store_true")
    return parser.parse_args(arguments)


def blocks(asked: argparse.Namespace) -> Iterator[tuple[int, str]]:
    """The seed and the estimator of each block: estimators in turn, so that all have as many."""
    for block in range(asked.skip // BLOCK, -(-asked.cases // BLOCK)):
        yield asked.seed * 1_000_003 + block, asked.estimators[block % len(asked.estimators)]


def run_block(number: int, estimator: str, see: Callable[[Case, Outcome], None]) -> None:
    """Run a block of cases and show each with its outcome."""

    @seed(number)
    @settings(
        max_examples=BLOCK,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases([estimator]))
    def run_one(case: Case) -> None:
        see(case, run(case))

    run_one()


class Tally:
    """Counts of outcomes; failures are printed when they are seen."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.seconds: dict[str, float] = defaultdict(float)
        self._told: dict[str, Counter[str]] = {"messages": Counter(), "warnings": Counter()}
        self._failures: Counter[str] = Counter()
        self.n_failures = 0

    def see(self, case: Case, outcome: Outcome) -> None:
        """Count one outcome."""
        kind = outcome.kind if not outcome.failure else f"{outcome.kind} (not as promised)"
        self.counts[case.estimator][kind] += 1
        self.seconds[case.estimator] = max(self.seconds[case.estimator], outcome.seconds)
        if outcome.message:
            self._told["messages"][f"{outcome.kind}: {shortened(outcome.message)}"] += 1
        self._told["warnings"].update(f"{case.estimator}: {text}" for text in outcome.warnings)
        if outcome.failure:
            self.n_failures += 1
            ending = f"{outcome.kind}: {shortened(outcome.message)}"
            self._failures[ending] += 1
            if self._failures[ending] == 1:  # more of a kind tell nothing
                print(f"\n{PREAMBLE}\n{case.snippet}\n{outcome.failure}", flush=True)

    @property
    def n_cases(self) -> int:
        """How many were seen."""
        return sum(counts.total() for counts in self.counts.values())

    @property
    def told(self) -> dict[str, list[tuple[str, int]]]:
        """Distinct messages and warnings, and how often each was seen."""
        return {name: list(counter.items()) for name, counter in self._told.items()}

    def table(self) -> str:
        """Outcomes of each estimator, a line each."""
        lines = []
        for name in sorted(self.counts):
            ends = ", ".join(f"{kind} {n}" for kind, n in sorted(self.counts[name].items(), key=lambda one: -one[1]))
            lines.append(f"{name:20} {self.counts[name].total():6} cases: {ends}; slowest {self.seconds[name]:.1f} s")
        return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
