"""Which words are kept, and how they are found again."""

import numpy as np
import pytest

from skeletonlearn.embedding._graph2vec._vocabulary import Vocabulary, WordRules, check_words, choose_words

KEYS = np.array([9, 4, 4, 7, 7, 7, 1, 1], dtype=np.uint64)


def rules(min_count=1, max_words=None):
    return WordRules(wl_iterations=1, erase_base_features=False, min_count=min_count, max_words=max_words)


@pytest.fixture
def vocabulary():
    return Vocabulary(np.array(["seven", "four"]), np.array([3, 2]), np.array([7, 4], dtype=np.uint64))


def test_words_come_most_frequent_first_and_else_in_order():
    found, counts = choose_words(KEYS, 8, rules())
    assert found.tolist() == [7, 1, 4, 9]
    assert counts.tolist() == [3, 2, 2, 1]


def test_rare_words_are_left_out():
    assert choose_words(KEYS, 8, rules(min_count=2))[0].tolist() == [7, 1, 4]


def test_only_the_most_frequent_words_are_kept():
    assert choose_words(KEYS, 8, rules(max_words=2))[0].tolist() == [7, 1]


@pytest.mark.parametrize(("n_graphs", "least"), [(10, 1), (399, 1), (400, 2), (1_000, 5), (50_000, 5)])
def test_auto_count_is_karateclubs_where_there_are_graphs_enough(n_graphs, least):
    assert rules("auto").least_count(n_graphs) == least


def test_unknown_keys_have_the_number_after_the_last_word(vocabulary):
    keys = np.array([[4, 7], [5, 99]], dtype=np.uint64)
    np.testing.assert_array_equal(vocabulary.ids_of_keys(keys), [[1, 0], [2, 2]])


def test_short_documents_are_filled_up_with_unknown_words(vocabulary):
    ids = vocabulary.ids_of_words([["four"], ["seven", "six", "four"], []])
    np.testing.assert_array_equal(ids, [[1, 2, 2], [0, 2, 1], [2, 2, 2]])


def test_documents_hold_the_known_words_in_order(vocabulary):
    assert vocabulary.documents(np.array([[1, 2, 0], [2, 2, 2]])) == [["four", "seven"], []]


def test_words_that_graphs_share_are_accepted():
    check_words(np.array([[0, 1], [1, 2]]), 2, min_count=1)


@pytest.mark.parametrize("ids", [[[0, 0], [1, 1]], [[2, 2], [2, 2]]], ids=["in one graph each", "none kept"])
def test_words_that_no_two_graphs_share_are_refused(ids):
    with pytest.raises(ValueError, match=r"Got 2 graphs in which every word .* min_count=3 .* must be quantised"):
        check_words(np.array(ids), 2, min_count=3)


def test_graphs_that_are_all_alike_are_refused():
    with pytest.raises(ValueError, match="Got 2 graphs that all have the same words, expected graphs that differ"):
        check_words(np.array([[0, 1, 1], [1, 0, 1]]), 2, min_count=1)
