"""Random calls, a few of every public estimator, and the machinery that judges them."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.benchmarks import fuzz
from tests.fuzzing import ESTIMATORS, PREAMBLE, Case, cases, run

few = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
CASE = Case("StreamBuilder", {"streams": "('motion',)"}, "numbers(3, 4, 2, 3)", "None", "estimator.fit(X)", "X")


@pytest.mark.parametrize("name", ESTIMATORS)
def test_any_call_ends_in_a_fitted_estimator_or_a_kind_error(name):
    @few
    @given(cases([name]))
    def call(case):
        outcome = run(case)
        assert not outcome.failure, f"{PREAMBLE}\n{case.snippet}\n{outcome.failure}"

    call()


def test_sound_case_ends_fitted():
    assert run(CASE).kind == "fitted"


def test_case_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = {"checkpoint": "'nonsense'", "max_epochs": "1", "hidden_dim": "8"}
    case = Case("ConMLPEmbedder", written, "numbers(3, 4, 2, 3)", "None", "estimator.fit(X)", "X")
    assert run(case).kind == run(case).kind == "fitted"
    assert not list(tmp_path.iterdir())


def test_printed_case_runs_by_itself():
    exec(compile(f"{PREAMBLE}\n{CASE.snippet}", "snippet", "exec"), {})


@pytest.mark.parametrize(
    ("X", "kind"),
    [("numbers(3, 0, 2, 3)", "ValueError"), ("[None]", "ValueError"), ("numbers(3, 4, 2, 3) * {}", "TypeError")],
)
def test_refusal_is_told_from_what_merely_came_to_grief(X, kind):
    outcome = run(Case("StreamBuilder", {}, X, "None", "estimator.fit(X)", "X"))
    assert outcome.kind == kind
    assert bool(outcome.failure) == ("*" in X)


def test_error_that_was_not_promised_is_a_failure():
    outcome = run(Case("StreamBuilder", {}, "numbers(3, 4, 2, 3)", "None", "estimator.no_such_method(X)", "X"))
    assert outcome.kind == "AttributeError"
    assert "no_such_method" in outcome.failure


def test_infinite_output_is_a_failure():
    views = {"fit": "estimator.fit(X); estimator._transform_finite = lambda X, doubts: X / 0.0"}
    outcome = run(Case("StreamBuilder", {}, "numbers(3, 4, 2, 3)", "None", views["fit"], "X"))
    assert outcome.kind == "AssertionError"


def test_run_that_goes_on_draws_the_cases_that_were_left():
    def drawn(*arguments):
        seen = []
        for block in fuzz.blocks(fuzz.parse(["--estimators", "StreamBuilder", "SequenceFlattener", *arguments])):
            fuzz.run_block(*block, lambda case, outcome: seen.append(case.snippet))
        return seen

    assert drawn("--cases", "100", "--skip", "50") == drawn("--cases", "100")[50:]


def test_failures_are_printed_and_make_the_exit_code(monkeypatch, capsys):
    assert fuzz.main(["--cases", "50", "--estimators", "SequenceFlattener"]) == 0
    monkeypatch.setattr(ESTIMATORS["SequenceFlattener"], "transform", lambda self, X: 1 / 0)
    assert fuzz.main(["--cases", "50", "--estimators", "SequenceFlattener"]) == 1
    assert "ZeroDivisionError (not as promised)" in capsys.readouterr().out
