"""Pages of keys and values: shared by rows with the same prompt, copied where they part, given back when nobody holds them."""

from __future__ import annotations

import sys

import numpy as np

from generators.engines.text.paged_kv_cache import BLOCK, BlockPool, PagedKVCache


def a_pool(blocks: int = 8) -> BlockPool:
    return BlockPool(layers=2, groups=1, width=4, blocks=blocks)


def test_rows_of_a_prompt_share_its_whole_pages_and_copy_the_last() -> None:
    pool = a_pool()
    prompt = PagedKVCache(pool, rows=1)
    prompt.prepare(BLOCK + 3)
    prompt.advance(BLOCK + 3)
    pool.store[:, prompt.numbers()[0, 1]] = 7.0

    sequences = PagedKVCache(pool, rows=3)
    sequences.begin(prompt.held(), BLOCK + 3)

    numbers = sequences.numbers()
    assert set(numbers[:, 0]) == {prompt.numbers()[0, 0]}
    assert len(set(numbers[:, 1]) | {prompt.numbers()[0, 1]}) == 4
    assert (pool.store[:, numbers[:, 1]] == 7.0).all()
    assert sequences.length == BLOCK + 3


def test_a_prompt_that_fills_its_pages_is_not_copied_at_all() -> None:
    pool = a_pool()
    prompt = PagedKVCache(pool, rows=1)
    prompt.prepare(2 * BLOCK)

    sequences = PagedKVCache(pool, rows=3)
    sequences.begin(prompt.held(), 2 * BLOCK)

    assert pool.used == 2
    sequences.prepare(1)
    assert pool.used == 5


def test_pages_come_back_when_nobody_holds_them() -> None:
    pool = a_pool()
    prompt = PagedKVCache(pool, rows=1)
    prompt.prepare(2 * BLOCK)
    sequences = PagedKVCache(pool, rows=2)
    sequences.begin(prompt.held(), 2 * BLOCK)
    sequences.prepare(1)

    del prompt
    assert pool.used == 4
    sequences.select([1])
    assert pool.used == 3
    del sequences

    assert pool.used == 0


def test_a_full_pool_doubles_and_keeps_what_it_holds() -> None:
    pool = a_pool(blocks=2)
    rows = PagedKVCache(pool, rows=1)
    rows.prepare(2 * BLOCK)
    pool.store[:, rows.numbers()[0]] = 3.0

    rows.prepare(3 * BLOCK)

    assert pool.store.shape[1] == 4
    assert pool.grown == 1
    assert (pool.store[:, rows.numbers()[0, :2]] == 3.0).all()
    assert len(set(rows.numbers()[0])) == 3


def test_rows_that_are_left_keep_their_pages_in_the_order_asked_for() -> None:
    rows = PagedKVCache(a_pool(), rows=4)
    rows.prepare(1)
    before = rows.numbers().copy()

    order = rows.select([2, 0])

    assert order == [2, 0]
    assert np.array_equal(rows.numbers(), before[[2, 0]])


def test_a_row_that_is_named_again_parts_with_a_copy_of_what_is_not_full() -> None:
    pool = a_pool(blocks=16)
    rows = PagedKVCache(pool, rows=2)
    rows.prepare(BLOCK + 5)
    rows.advance(BLOCK + 5)
    first, second = rows.numbers()
    pool.store[:, first] = 3.0
    pool.store[:, second] = 5.0

    rows.select([1, 0, 1])

    again, kept, parted = rows.numbers()
    assert np.array_equal(again, second)
    assert np.array_equal(kept, first)
    assert parted[0] == second[0]  # full: nobody writes there any more
    assert parted[1] not in (*first, *second)
    assert (pool.store[:, parted[1]] == 5.0).all()
    pool.store[:, parted[1]] = 7.0
    assert (pool.store[:, second] == 5.0).all()
    rows.select([0])
    assert pool.used == 2


def test_the_memory_of_free_pages_goes_back_and_what_is_held_stays() -> None:
    pool = BlockPool(layers=2, groups=1, width=32, blocks=64)  # a page is one of the system's in every layer
    kept, left = PagedKVCache(pool, rows=1), PagedKVCache(pool, rows=1)
    kept.prepare(4 * BLOCK)
    left.prepare(40 * BLOCK)
    pool.store[:, :44] = 3.0
    gone = left.numbers()[0]
    del left

    pool.rest()

    assert (pool.store[:, kept.numbers()[0]] == 3.0).all()
    if sys.platform == "linux":
        assert not pool.store[:, gone].any()  # what the system took comes back as nothing
    again = PagedKVCache(pool, rows=2)
    again.prepare(20 * BLOCK)
    pool.store[:, again.numbers().reshape(-1)] = 5.0
    assert (pool.store[:, kept.numbers()[0]] == 3.0).all()


def test_a_pool_that_was_reserved_need_not_move() -> None:
    pool = a_pool(blocks=2)
    pool.reserve(100 * pool.block_bytes)
    grown = pool.grown

    rows = PagedKVCache(pool, rows=1)
    rows.prepare(100 * BLOCK)

    assert pool.grown == grown
    assert pool.used == 100
