"""Everything that is compiled. Importing this module imports numba: only ``probe`` and ``prepare`` do.

All of it is in one file, since numba forgets a cached kernel when the kernel's own file changes and not when
another one does. How many words and check bits there are is the length of a tuple, and so a constant to LLVM:
loops over codewords become vectors of whatever this CPU has.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.core import cgutils
from numba.extending import intrinsic

BLOCK = 128
"""Codewords at a time: enough for whole vectors, few enough to be in the first cache when they are mended."""
AHEAD = 1024
"""Bytes. Measured: without asking for lines so far ahead, encoding from memory is an eighth slower."""
CORRECTED, DETECTED = 1, 2

inlined = njit(inline="always")
"""Before LLVM sees it, so that a constant argument is one inside."""


_KEPT: list[Any] = []


def _kept(kernel: Any) -> Any:
    """Its machine code is kept for the next process, where numba finds a folder that it may write to."""
    with suppress(RuntimeError):
        kernel.enable_caching()
        _KEPT.append(kernel)
    return kernel


def compiled(function: Any) -> Any:
    """To be called for one core, without Python's lock."""
    return _kept(njit(nogil=True)(function))


def compiled_for_all_cores(function: Any) -> Any:
    """Whose ``prange`` is shared out."""
    return _kept(njit(parallel=True)(function))


def first_call(kernel: Any, *arguments: Any) -> None:
    """Compile, or take what was kept; where that is damaged, throw everything kept away and compile."""
    try:
        kernel(*arguments)
    except Exception:  # noqa: BLE001  a damaged file may raise anything; a real error comes again
        for each in _KEPT:
            each._cache.flush()
        kernel(*arguments)


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, offset: Any, pointee: Any) -> Any:
    """To what is ``offset`` bytes into the array."""
    start = context.make_array(array_type)(context, builder, array).data
    address = builder.gep(builder.bitcast(start, cgutils.voidptr_t), [offset])
    return builder.bitcast(address, pointee.as_pointer())


@intrinsic
def prefetch(typing_context: Any, array: Any, offset: Any) -> Any:
    """Ask for the cache line that is so many bytes into the array, or behind it."""

    def generate(context: Any, builder: Any, _: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, array, args[0], args[1], ir.IntType(8))
        number = ir.IntType(32)
        form = ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], form)
        builder.call(ask, [pointer, number(0), number(3), number(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


@intrinsic
def load(typing_context: Any, array: Any, offset: Any) -> Any:
    """The 64-bit word that is so many bytes into the array, aligned or not."""

    def generate(context: Any, builder: Any, _: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, array, args[0], args[1], ir.IntType(64))
        return builder.load(pointer, align=1)

    return types.uint64(array, types.intp), generate


@intrinsic
def fold(typing_context: Any, data: Any, start: Any, lines: Any, register: Any, powers: Any) -> Any:
    """16 bytes, as two words, that leave the remainder of ``register`` and ``lines`` lines of 64 bytes.

    Four vectors of 16 bytes are multiplied without carries by powers of x, of ``powers`` the first two for
    their two words, that take them 64 bytes on; at the end the other two take three of them to the fourth.
    Source: Gopal and others, Fast CRC computation using PCLMULQDQ, Intel 2009.
    """

    def generate(context: Any, builder: Any, _: Any, args: Any) -> Any:
        word, vector = ir.IntType(64), ir.VectorType(ir.IntType(64), 2)
        form = ir.FunctionType(vector, [vector, vector, ir.IntType(8)])
        multiply = cgutils.get_or_insert_function(builder.module, form, "llvm.x86.pclmulqdq")
        array, start, lines, register, powers = args
        halves = [builder.extract_value(powers, i) for i in range(4)]
        far, near = (
            builder.insert_element(builder.insert_element(vector(None), low, word(0)), high, word(1))
            for low, high in (halves[:2], halves[2:])
        )

        def times(state: Any, power: Any) -> Any:
            halves = [builder.call(multiply, [state, power, ir.IntType(8)(which)]) for which in (0x00, 0x11)]
            return builder.xor(*halves)

        def line(offset: Any) -> list[Any]:
            places = [builder.add(offset, offset.type(16 * i)) for i in range(4)]
            return [
                builder.load(_pointer(context, builder, data, array, place, vector), align=1)
                for place in places
            ]

        states = [cgutils.alloca_once(builder, vector) for _ in range(4)]
        first = builder.insert_element(vector(None), register, word(0))
        for i, (state, found) in enumerate(zip(states, line(start), strict=True)):
            builder.store(found if i else builder.xor(found, first), state)
        with cgutils.for_range(builder, builder.sub(lines, lines.type(1))) as loop:
            offset = builder.add(start, builder.mul(builder.add(loop.index, lines.type(1)), lines.type(64)))
            for state, found in zip(states, line(offset), strict=True):
                builder.store(builder.xor(times(builder.load(state), far), found), state)
        total = builder.load(states[0])
        for state in states[1:]:
            total = builder.xor(times(total, near), builder.load(state))
        return cgutils.pack_array(builder, [builder.extract_element(total, word(i)) for i in (0, 1)])

    pair = types.UniTuple(types.uint64, 2)
    return pair(data, types.intp, types.intp, types.uint64, powers), generate


def _words(
    context: Any, builder: Any, words: Any, array: tuple[Any, Any], offset: Any, size: Any
) -> list[Any]:
    """Pointers to the words of a codeword of ``size`` bytes: side by side, but the last one ends with it."""
    word = context.get_value_type(words.dtype)
    found = []
    for i in range(len(words)):
        place = ir.Constant(size.type, i * word.width // 8)
        if i and i == len(words) - 1:
            place = builder.sub(size, ir.Constant(size.type, word.width // 8))
        found.append(_pointer(context, builder, *array, builder.add(offset, place), word))
    return found


@intrinsic
def width(typing_context: Any, words: Any) -> Any:
    """Bytes of all words of ``words``."""
    size = len(words) * words.dtype.bitwidth // 8
    return types.intp(words), lambda context, *_: context.get_constant(types.intp, size)


@intrinsic
def check_bits(typing_context: Any, data: Any, offset: Any, size: Any, words: Any, masks: Any) -> Any:
    """Of the codeword at ``offset``: bit i is the parity of its words under masks i, r + i, 2 r + i, ..."""
    rows = len(masks) // len(words)

    def generate(context: Any, builder: Any, _: Any, args: Any) -> Any:
        array, offset, size, _, masks = args
        pointers = _words(context, builder, words, (data, array), offset, size)
        values = [builder.load(pointer, align=1) for pointer in pointers]
        check = ir.Constant(values[0].type, 0)
        for row in range(rows):
            total = builder.and_(values[0], builder.extract_value(masks, row))
            for i, value in enumerate(values[1:], 1):
                under = builder.and_(value, builder.extract_value(masks, i * rows + row))
                total = builder.xor(total, under)
            ones = builder.shl(builder.ctpop(total), ir.Constant(total.type, row))
            check = builder.or_(check, builder.and_(ones, ir.Constant(total.type, 1 << row)))
        return check

    return words.dtype(data, types.intp, types.intp, words, masks), generate


@intrinsic
def copy(typing_context: Any, source: Any, target: Any, offset: Any, size: Any, words: Any) -> Any:
    """The data of the codeword at ``offset``."""

    def generate(context: Any, builder: Any, _: Any, args: Any) -> Any:
        from_array, to_array, offset, size, _ = args
        from_ = _words(context, builder, words, (source, from_array), offset, size)
        to = _words(context, builder, words, (target, to_array), offset, size)
        for word, pointer in zip([builder.load(each, align=1) for each in from_], to, strict=True):
            builder.store(word, pointer, align=1)
        return context.get_dummy_value()

    return types.void(source, target, types.intp, types.intp, words), generate


@inlined
def _encoded(data, first, size, words, masks, check):
    for i in range(len(check)):
        check[i] = check_bits(data, (first + i) * size, size, words, masks)


@inlined
def _ask_for(data, first, last):
    for line in range(first + AHEAD, last + AHEAD, 64):
        prefetch(data, line)


@compiled
def encode(data, size, words, masks, check, start, stop):
    """``data: uint8[codewords * size]`` to ``check: [codewords]``, from codeword ``start`` to ``stop``.

    Bound: memory, 9 bytes read or written for 8 of data and one more read before it is written; computing
    takes an and, a population count, a shift and an or for each check bit and vector of words.
    """
    for first in range(start, stop, BLOCK):
        last = min(first + BLOCK, stop)
        _ask_for(data, first * size, last * size)
        if size == width(words):
            _encoded(data, first, width(words), words, masks, check[first:last])
        else:
            _encoded(data, first, size, words, masks, check[first:last])


@inlined
def _judged(data, first, size, words, masks, check, outcome):
    for i in range(len(check)):
        same = check_bits(data, (first + i) * size, size, words, masks) == check[i]
        outcome[i] = 0 if same else DETECTED


@compiled
def judge(data, size, words, masks, check, outcome, start, stop):
    """Encode again and compare: ``outcome: uint8[codewords]``. Bound: as ``encode``."""
    for first in range(start, stop, BLOCK):
        last = min(first + BLOCK, stop)
        _ask_for(data, first * size, last * size)
        if size == width(words):
            _judged(data, first, width(words), words, masks, check[first:last], outcome[first:last])
        else:
            _judged(data, first, size, words, masks, check[first:last], outcome[first:last])


@inlined
def _copied(data, first, size, words, masks, check, decoded, outcome):
    """Leave in ``outcome`` what is not 0 for a wrong codeword; return what is not 0 if one is wrong."""
    wrong = check.dtype.type(0)
    for i in range(len(check)):
        copy(data, decoded, (first + i) * size, size, words)
        syndrome = check_bits(data, (first + i) * size, size, words, masks) ^ check[i]
        outcome[i] = syndrome | syndrome >> 8
        wrong |= check.dtype.type(syndrome)
    return wrong


@compiled
def _mend(data, word, size, words, masks, check, positions, decoded, outcome):
    syndrome = check_bits(data, word * size, size, words, masks) ^ check[word]
    position = positions[syndrome & (len(positions) - 1)]  # bits beyond the last check bit lead nowhere
    outcome[word] = DETECTED if position < 0 else CORRECTED
    if 0 <= position < 8 * size:
        decoded[word * size + (position >> 3)] ^= np.uint8(1 << (position & 7))


@compiled
def _mend_block(data, first, last, size, words, masks, check, positions, decoded, outcome):
    """Eight codewords at a time where all are clean."""
    word = first
    while word < last:
        if word + 8 <= last and load(outcome, word) == 0:
            word += 8
            continue
        for each in range(word, min(word + 8, last)):
            if outcome[each]:
                _mend(data, each, size, words, masks, check, positions, decoded, outcome)
        word += 8


@compiled
def decode(data, size, words, masks, check, positions, decoded, outcome, start, stop):
    """Encode again and copy; in blocks with a wrong codeword, look up what its syndrome asks for.

    ``positions: int16[2^r]`` is, by syndrome, the data bit to flip, 8 * size for a check bit, -1 for none.
    Bound: memory, 18 bytes read or written for 8 of data and 9 more read before they are written; then as
    ``encode``, and about 20 ns a wrong codeword, measured.
    """
    for first in range(start, stop, BLOCK):
        last = min(first + BLOCK, stop)
        _ask_for(data, first * size, last * size)
        received, found = check[first:last], outcome[first:last]
        if size == width(words):
            wrong = _copied(data, first, width(words), words, masks, received, decoded, found)
        else:
            wrong = _copied(data, first, size, words, masks, received, decoded, found)
        if wrong:
            _mend_block(data, first, last, size, words, masks, check, positions, decoded, outcome)


@compiled_for_all_cores
def encode_on_all_cores(data, size, words, masks, check, parts):
    """``encode`` in equal parts at once."""
    for part in prange(parts):
        encode(data, size, words, masks, check, part * len(check) // parts, (part + 1) * len(check) // parts)


@compiled_for_all_cores
def judge_on_all_cores(data, size, words, masks, check, outcome, parts):
    """``judge`` in equal parts at once."""
    for part in prange(parts):
        start, stop = part * len(check) // parts, (part + 1) * len(check) // parts
        judge(data, size, words, masks, check, outcome, start, stop)


@compiled_for_all_cores
def decode_on_all_cores(data, size, words, masks, check, positions, decoded, outcome, parts):
    """``decode`` in equal parts at once."""
    for part in prange(parts):
        start, stop = part * len(check) // parts, (part + 1) * len(check) // parts
        decode(data, size, words, masks, check, positions, decoded, outcome, start, stop)


@compiled
def _after_word(register, word, tables):
    x = register ^ word
    low = tables[7, x & 255] ^ tables[6, x >> 8 & 255] ^ tables[5, x >> 16 & 255] ^ tables[4, x >> 24 & 255]
    high = tables[3, x >> 32 & 255] ^ tables[2, x >> 40 & 255] ^ tables[1, x >> 48 & 255] ^ tables[0, x >> 56]
    return np.uint64(low ^ high)


@compiled
def crcs(data, size, tables, powers, initial, last, found, start, stop):
    """CRCs of messages ``start`` to ``stop`` of ``data: uint8[messages * size]``.

    ``tables: uint32[8, 256]`` are what a byte adds to the register 0 ... 7 bytes later; ``powers`` are those
    of ``fold``, or None where this CPU has no carry-less product; ``last`` is added in the end.
    Bound: memory, or 8 products for 64 bytes. Without the product, 8 dependent look-ups for 8 bytes.
    """
    for i in range(start, stop):
        register, place, end = np.uint64(initial), i * size, (i + 1) * size
        if powers is not None:  # noqa: SIM102  known from its type only if it stands alone
            if size >= 64:
                low, high = fold(data, place, size // 64, register, powers)
                register = _after_word(_after_word(np.uint64(0), low, tables), high, tables)
                place += size & ~63
        while place + 8 <= end:
            register = _after_word(register, load(data, place), tables)
            place += 8
        for at in range(place, end):
            register = np.uint64(tables[0, (register ^ data[at]) & 255]) ^ register >> 8
        found[i] = register ^ last


@compiled_for_all_cores
def crcs_on_all_cores(data, size, tables, powers, initial, last, found, parts):
    """``crcs`` of equal parts of the messages at once."""
    for part in prange(parts):
        start, stop = part * len(found) // parts, (part + 1) * len(found) // parts
        crcs(data, size, tables, powers, initial, last, found, start, stop)


@compiled
def product(a, b, polynomial):
    """Of two registers, modulo the polynomial; in each, bit 31 - i belongs to x^i."""
    total = a & 0
    for i in range(32):
        if a >> (31 - i) & 1:
            total ^= b
        b = b >> 1 ^ (polynomial if b & 1 else 0)
    return total


@compiled_for_all_cores
def long_crcs_on_all_cores(data, size, tables, powers, initial, last, after, polynomial, registers, found):
    """``crcs``, one message after another, each in ``len(registers)`` pieces at once.

    ``after`` is x^(8 * bytes of a piece), by which a piece's register is multiplied to stand behind the next.
    """
    pieces = len(registers)
    piece = size // pieces
    head = size - piece * (pieces - 1)
    for message in range(len(found)):
        whole = data[message * size : (message + 1) * size]
        for i in prange(pieces):
            if i == 0:
                crcs(whole[:head], head, tables, powers, initial, 0, registers, 0, 1)
            else:
                crcs(whole[head:], piece, tables, powers, 0, 0, registers[1:], i - 1, i)
        register = np.int64(registers[0])  # beside an int64, a uint64 would become a float
        for i in range(1, pieces):
            register = product(register, after, polynomial) ^ np.int64(registers[i])
        found[message] = register ^ np.int64(last)
