"""Times: read from text, and moved between UTC and a zone, by DuckDB."""

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

_NAIVE = dt.Timestamp(scale=6)
_MOMENT = dt.Timestamp(timezone="UTC", scale=6)


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, _NAIVE), _MOMENT))
def _moment_when(zone, naive):  # type: ignore[no-untyped-def]
    """DuckDB: the moment at which clocks in ``zone`` show ``naive``."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, _MOMENT), _NAIVE))
def _clock_in(zone, moment):  # type: ignore[no-untyped-def]
    """DuckDB: what clocks in ``zone`` show at ``moment``."""


def to_utc(naive: ir.Value, zone: str) -> ir.Value:
    """A naive timestamp read in ``zone``, as naive UTC."""
    return _clock_in("UTC", _moment_when(zone, naive))


def utc_of(moment: ir.Value) -> ir.Value:
    """A timestamp that carries a zone, as naive UTC."""
    return _clock_in("UTC", moment.cast(_MOMENT))


def to_local(utc: ir.Value, zone: str) -> ir.Value:
    """A naive UTC timestamp as clocks in ``zone`` show it."""
    return _clock_in(zone, _moment_when("UTC", utc))


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), _NAIVE))
def parse_time(text, form):  # type: ignore[no-untyped-def]
    """A timestamp written as ``form`` says; null where it is not."""
