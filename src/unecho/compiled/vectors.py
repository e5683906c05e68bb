"""Many bytes at a time, for kernels: vectors of LLVM, which every processor gets in instructions of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .jit import part

BLOCK: Final = 64
"""Bytes looked at together."""
WORD: Final = 16
"""Bytes hashed together."""

Ranges = Sequence[tuple[int, int]]
"""Bytes: the first and the last of each range."""

_BYTE, _LONG = ir.IntType(8), ir.IntType(64)
_BYTES, _BITS = ir.VectorType(_BYTE, BLOCK), ir.VectorType(ir.IntType(1), BLOCK)


def sets_of(*sets: Ranges) -> Callable[..., Any]:
    """Makes a function (text, place): for each set of bytes a number (uint64) whose bits tell which of the ``BLOCK``
    from there on are in it, the first one lowest."""

    @intrinsic  # type: ignore[untyped-decorator]
    def found(_: Any, text: Any, at: Any) -> tuple[Any, Callable[..., Any]]:
        def build(context: Any, builder: Any, signature: Any, given: Sequence[Any]) -> Any:
            block = builder.load(_pointer(context, builder, signature.args[0], given[0], given[1], _BYTES), align=1)
            masks = [builder.bitcast(_among(builder, block, one), _LONG) for one in sets]
            return context.make_tuple(builder, signature.return_type, masks)

        return types.UniTuple(types.uint64, len(sets))(text, at), build

    return found  # type: ignore[no-any-return]


def _pointer(context: Any, builder: Any, kind: Any, array: Any, at: Any, pointed: Any) -> Any:
    """To what lies at a place of an array, taken for ``pointed``."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), pointed.as_pointer())


def _every(kind: Any, value: int) -> Any:
    """A vector of equal values."""
    return ir.Constant(kind, [value] * kind.count)


def _among(builder: Any, block: Any, ranges: Ranges) -> Any:
    """Which bytes are in one of the ranges (bits)."""
    result = None
    for first, last in ranges:
        if first == last:
            here = builder.icmp_unsigned("==", block, _every(_BYTES, first))
        else:
            moved = builder.sub(block, _every(_BYTES, first)) if first else block
            here = builder.icmp_unsigned("<=", moved, _every(_BYTES, last - first))
        result = here if result is None else builder.or_(result, here)
    return result


@intrinsic  # type: ignore[untyped-decorator]
def put(_: Any, out: Any, masks: Any, values: Any) -> tuple[Any, Callable[..., Any]]:
    """``BLOCK`` bytes at the beginning of ``out``: at each place the values (uint8), joined by "or", whose masks
    (uint64) have the bit of that place."""

    def build(context: Any, builder: Any, signature: Any, given: Sequence[Any]) -> Any:
        result = _every(_BYTES, 0)
        for mask, value in zip(*(cgutils.unpack_tuple(builder, one) for one in given[1:]), strict=True):
            same = _same(builder, _BYTES, value)
            result = builder.or_(result, builder.select(builder.bitcast(mask, _BITS), same, _every(_BYTES, 0)))
        zero = ir.Constant(_LONG, 0)
        builder.store(result, _pointer(context, builder, signature.args[0], given[0], zero, _BYTES), align=1)
        return context.get_dummy_value()

    return types.void(out, masks, values), build


@intrinsic  # type: ignore[untyped-decorator]
def moved(_: Any, out: Any, to: Any, text: Any, at: Any) -> tuple[Any, Callable[..., Any]]:
    """``BLOCK`` bytes of a text from one place on, to another place of ``out``."""

    def build(context: Any, builder: Any, signature: Any, given: Sequence[Any]) -> Any:
        target, source = (
            _pointer(context, builder, signature.args[one], given[one], given[one + 1], _BYTES) for one in (0, 2)
        )
        builder.store(builder.load(source, align=1), target, align=1)
        return context.get_dummy_value()

    return types.void(out, to, text, at), build


def _same(builder: Any, kind: Any, value: Any) -> Any:
    """A vector of one value that is not known before."""
    nothing, place = ir.Constant(kind, ir.Undefined), ir.IntType(32)
    one = builder.insert_element(nothing, value, ir.Constant(place, 0))
    return builder.shuffle_vector(one, nothing, _every(ir.VectorType(place, kind.count), 0))


@intrinsic  # type: ignore[untyped-decorator]
def weighed(_: Any, text: Any, at: Any, weights: Any, row: Any) -> tuple[Any, Callable[..., Any]]:
    """The sum (uint64) of ``WORD`` ASCII characters, in lower case and plus one, from a place of a text on, each times
    one of the weights (uint64) from a row on."""

    def build(context: Any, builder: Any, signature: Any, given: Sequence[Any]) -> Any:
        text, at, weights, row = given
        few, many = ir.VectorType(_BYTE, WORD), ir.VectorType(_LONG, WORD)
        bytes_ = builder.load(_pointer(context, builder, signature.args[0], text, at, few), align=1)
        lower = builder.add(builder.or_(bytes_, _every(few, 0x20)), _every(few, 1))  # digits have that bit anyhow
        factors = builder.load(_pointer(context, builder, signature.args[2], weights, row, many), align=8)
        products = builder.mul(builder.zext(lower, many), factors)
        total = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_LONG, [many]), f"llvm.vector.reduce.add.v{WORD}i64"
        )
        return builder.call(total, [products])

    return types.uint64(text, at, weights, row), build


@intrinsic  # type: ignore[untyped-decorator]
def lowest(_: Any, bits: Any) -> tuple[Any, Callable[..., Any]]:
    """The place of the lowest bit that is set (int64); ``BLOCK`` where none is."""

    def build(_: Any, builder: Any, __: Any, given: Sequence[Any]) -> Any:
        return builder.cttz(given[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(bits), build


@intrinsic  # type: ignore[untyped-decorator]
def counted(_: Any, bits: Any) -> tuple[Any, Callable[..., Any]]:
    """How many bits are set (int64)."""

    def build(_: Any, builder: Any, __: Any, given: Sequence[Any]) -> Any:
        return builder.ctpop(given[0])

    return types.int64(bits), build


@part
def below(place: int) -> np.uint64:
    """The bits below a place: all of them from ``BLOCK`` on."""
    return (np.uint64(1) << np.uint64(place)) - np.uint64(1) if place < BLOCK else ~np.uint64(0)
