from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.spec import Spec, label, split_specs, without_shared

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)


@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_written_is_read_back(name, params):
    assert Spec.parse(label(name, params)) == Spec(name, params)


@given(
    st.lists(
        st.tuples(NAMES, st.dictionaries(NAMES, st.integers() | st.booleans(), max_size=3)),
        min_size=1,
        max_size=4,
    )
)
def test_several_names_can_be_given_at_once(specs):
    written = [label(name, params) for name, params in specs]
    assert split_specs(",".join(written)) == written


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("knn,lof:n_neighbors=20,novelty=true,ecod", ["knn", "lof:n_neighbors=20,novelty=true", "ecod"]),
        ("adbench:6_cardio,test=0.5", ["adbench:6_cardio,test=0.5"]),
        ("adbench:*cardio*,digits:anomaly=3", ["adbench:*cardio*", "digits:anomaly=3"]),
        ("a:b=[1,2],c", ["a:b=[1,2]", "c"]),
    ],
)
def test_a_comma_separates_names_and_parameters(text, names):
    assert split_specs(text) == names


def test_a_bare_value_is_kept_apart():
    assert Spec.parse("adbench:6_cardio,test=0.5") == Spec("adbench", {"test": 0.5}, "6_cardio")


@pytest.mark.parametrize(
    ("text", "words"),
    [(":a=1", "no name"), ("", "no name"), ("a:b=1,b=2", "'b' twice"), ("a:b,c", "two values without")],
)
def test_what_cannot_be_meant_is_refused(text, words):
    with pytest.raises(BenchError, match=words):
        Spec.parse(text)


@given(NAMES, st.text("abc059._-", min_size=1, max_size=8), st.dictionaries(NAMES, st.integers(), max_size=3))
def test_a_value_written_without_a_name_is_read_back_apart(name, value, params):
    written = label(name, {**params, "FILE": value}, bare="FILE")
    assert Spec.parse(written) == Spec(name, params, value)


@pytest.mark.parametrize("value", [" x", "x ", "[", "}", '"', 'say "x', ["x\\"]])
def test_brackets_quotes_and_blanks_at_the_ends_are_read_back(value):
    params = {"a": value, "b": 1}
    assert Spec.parse(label("knn", params)).params == params


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.5", -0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("null", None),
        ("None", None),
        ("auto", "auto"),
        ('"5"', "5"),
        ('{"p":[1,2],"q":"a,b"}', {"p": [1, 2], "q": "a,b"}),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_value_is_json_where_it_can_be_and_else_a_string(text, value):
    params = Spec.parse(f" knn: first = 1 , value = {text} ").params
    assert params == {"first": 1, "value": value}
    assert type(params["value"]) is type(value)


@pytest.mark.parametrize(
    ("labels", "short", "shared"),
    [
        (["d:a,x=1", "d:b,x=1"], ["a", "b"], "d:x=1"),
        (["d:a=1", "e:a=1"], ["d", "e"], "a=1"),
        (["bumps", "bumps:noise=0.1"], ["bumps", "bumps:noise=0.1"], ""),
        (["bumps:a=1", "bumps:a=1,b=2"], ["bumps:a=1", "b=2"], "bumps:a=1"),
        (["digits", "wine"], ["digits", "wine"], ""),
        (["d:a,x=1"], ["d:a,x=1"], ""),
        ([], [], ""),
    ],
)
def test_what_all_labels_share_is_said_once(labels, short, shared):
    assert without_shared(labels) == (short, shared)


@given(st.lists(st.tuples(st.sampled_from("de"), st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)))))
def test_short_labels_tell_apart_what_the_labels_do(specs):
    labels = list(dict.fromkeys(label(name, params) for name, params in specs))
    short, _ = without_shared(labels)
    assert len(set(short)) == len(labels)
    assert all(short)
