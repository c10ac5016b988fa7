from __future__ import annotations

import pytest

from bench import detector
from bench.plugins.decorators import plugin_of
from bench.plugins.space import Choices, Range, parse_space


def test_whole_numbers_on_a_log_scale_reach_both_ends_and_have_as_many_draws_above_the_root_as_below():
    neighbours = Range(1, 100, "log")
    draws = [neighbours.at(i / 1000) for i in range(1000)]
    assert {type(draw) for draw in draws} == {int}
    assert (min(draws), max(draws)) == (1, 100)
    assert sum(draw <= 10 for draw in draws) == pytest.approx(520, abs=5)  # log 11 / log 101
    assert draws == sorted(draws)


def test_each_whole_number_of_a_linear_range_is_as_likely_as_the_others():
    dice = Range(1, 6, "linear")
    assert [sum(dice.at(i / 600) == side for i in range(600)) for side in range(1, 7)] == [100] * 6


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_fractions_lie_within_their_range_and_have_few_digits(scale):
    kernel = Range(0.0123, 0.98765, scale)
    draws = [kernel.at(i / 50) for i in range(51)]
    assert all(draw in kernel for draw in draws)
    assert max(len(str(draw)) for draw in draws[1:-1]) <= 7
    middle = (0.0123 + 0.98765) / 2 if scale == "linear" else (0.0123 * 0.98765) ** 0.5
    assert draws[25] == pytest.approx(middle, rel=0.01)


def test_levels_go_from_end_to_end_and_a_list_gives_all_of_its_own():
    assert Range(1, 100, "log").levels(3) == [1, 10, 100]
    assert Range(0.5, 1.0, "linear").levels(5) == [0.5, 0.625, 0.75, 0.875, 1.0]
    assert Range(1, 3, "log").levels(5) == [1, 2, 3]
    assert Choices(("auto", 2, 4)).levels(2) == ["auto", 2, 4]


def test_each_choice_is_as_likely_as_the_others():
    choices = Choices(("a", "b", "c"))
    assert [choices.at(i / 6) for i in range(7)] == ["a", "a", "b", "b", "c", "c", "c"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (3, "write a list of values"),
        ([], "write a list of values"),
        ({"lgo": [1, 10]}, "did you mean 'log'"),
        ({"log": [0, 10]}, "on a log scale above 0"),
        ({"log": [10, 1]}, "the lower first"),
        ({"linear": [1]}, "two numbers"),
        ({"linear": [0.0, float("inf")]}, "two numbers"),
        ({"linear": [False, True]}, "two numbers"),
        ({"linear": [1, 2], "log": [1, 2]}, "write a list of values"),
    ],
)
def test_what_is_no_space_is_refused_with_the_parameters_name(values, words):
    with pytest.raises(TypeError, match=f"space of 'width'.*{words}"):
        parse_space({"width": values})


def declared(**space):
    @detector(space=space)
    class Nearest:
        """Made up."""

        def __init__(self, k: int = 3) -> None:
            self.k = k

        def fit(self, train):
            pass

        def score(self, X):
            return X[:, 0]

    return plugin_of(Nearest)


def test_an_author_declares_the_space_of_parameters_that_there_are():
    assert declared(k={"log": [1, 50]}).space == {"k": {"log": [1, 50]}}
    with pytest.raises(TypeError, match="unknown parameter 'kk'; did you mean 'k'"):
        declared(kk=[1, 2])
    with pytest.raises(TypeError, match="space of 'k'"):
        declared(k="1 to 50")
