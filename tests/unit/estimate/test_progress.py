"""What long work tells of itself while it runs."""

from itertools import groupby

from sampling.estimate import load_plan, run_plan

DESIGN = {
    "stages": [{}],
    "weights": "w",
    "calibration": {"method": "poststratify", "margins": {"k": {"a": 30, "b": 50}}},
    "replicates": {"method": "jk1"},
}
TABLE = {
    "w": [10.0] * 6,
    "k": ["a", "b", "a", "b", "a", "b"],
    "x": [1.0, 2.0, 4.0, 3.0, 6.0, 5.0],
    "y": [1.0, 3.0, 4.0, 2.0, 7.0, 6.0],
}


def test_replicates_are_made_and_adjusted_and_models_fitted_again_aloud() -> None:
    model = {"id": "g", "statistic": "glm", "formula": "y ~ x"}
    mean = {"id": "m", "statistic": "mean", "variables": ["y"]}
    reading = load_plan({"version": 1, "design": DESIGN, "estimates": [model, mean]})
    assert reading.plan is not None, reading.complaints
    told: list[tuple[str, int, int]] = []
    silent = run_plan(reading.plan, TABLE)
    aloud = run_plan(reading.plan, TABLE, lambda *step: told.append(step))
    assert aloud.to_json() == silent.to_json()
    courses = [(name, [step[1:] for step in steps]) for name, steps in groupby(told, key=lambda step: step[0])]
    every = [(number, 6) for number in range(1, 7)]
    assert courses == [
        ("replicates", [(0, 1), (1, 1)]),
        ("weights", every),
        ("refits", every),
        ("statements", [(1, 2), (2, 2)]),
    ]
