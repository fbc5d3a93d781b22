"""The functions of stats [spl 5.3]: each is an accumulator that takes the rows of a group and gives one value.

In: for each row, the texts of the field and the row's time. Out: a value, None where there is none.
"""

from __future__ import annotations

import statistics
from typing import Any, Callable

from .errors import Unsupported
from .values import Maybe, Row, number_of, of_texts, simplest, text_of

Values = "list[str | int | float]"


class Accumulator:
    """Takes values of one group. `first_in` is the value of the first row, and so on."""

    needs_time = False

    def add(self, values: list[Any], row: Row) -> None:
        raise NotImplementedError

    def result(self) -> Maybe:
        raise NotImplementedError


class Count(Accumulator):
    """count(f): occurrences of f, one for each value; count: rows."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, values: list[Any], row: Row) -> None:
        self.count += len(values)

    def result(self) -> Maybe:
        return self.count


class Distinct(Accumulator):
    """What dc and values share: distinct texts."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def add(self, values: list[Any], row: Row) -> None:
        for value in values:
            self.texts.add(value if isinstance(value, str) else text_of(value))


class DistinctCount(Distinct):
    """dc(f): how many distinct values, null left out."""

    def result(self) -> Maybe:
        return len(self.texts)


class DistinctValues(Distinct):
    """values(f): distinct values as texts, in the order of their bytes."""

    def result(self) -> Maybe:
        return of_texts(sorted(self.texts))


class Extreme(Accumulator):
    """min and max: by number if all values are numbers, else by bytes. The value comes out as it was written."""

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.number: Any = None  # (number, value) of the best number
        self.text: str | None = None
        self.all_numbers = True

    def add(self, values: list[Any], row: Row) -> None:
        for value in values:
            number = number_of(value)
            if number is None:
                self.all_numbers = False
            elif self.number is None or (number - self.number[0]) * self.sign > 0:
                self.number = (number, value)
            text = value if isinstance(value, str) else text_of(value)
            if self.text is None or (text > self.text if self.sign > 0 else text < self.text):
                self.text = text

    def result(self) -> Maybe:
        if self.all_numbers:
            return None if self.number is None else self.number[1]
        return self.text


class Sum(Accumulator):
    """sum and avg: numbers only, the rest is left out; of none at all the result is null."""

    def __init__(self, average: bool = False) -> None:
        self.average = average
        self.total: int | float = 0
        self.count = 0

    def add(self, values: list[Any], row: Row) -> None:
        for value in values:
            number = number_of(value)
            if number is not None:
                self.total += number
                self.count += 1

    def result(self) -> Maybe:
        if not self.count:
            return None
        return simplest(self.total / self.count if self.average else self.total)


class Numbers(Accumulator):
    """range, median and the like, which need all numbers together; what is no number is left out."""

    def __init__(self, calculate: Callable[[list[Any]], Any], fewest: int = 1) -> None:
        self.numbers: list[Any] = []
        self.calculate = calculate
        self.fewest = fewest

    def add(self, values: list[Any], row: Row) -> None:
        self.numbers += [number for number in map(number_of, values) if number is not None]

    def result(self) -> Maybe:
        if not self.numbers:
            return None
        if len(self.numbers) < self.fewest:
            raise Unsupported("the spread of a single value")
        return simplest(self.calculate(self.numbers))


class InOrder(Accumulator):
    """first and last: by the order of rows, not by time."""

    def __init__(self, last: bool) -> None:
        self.last = last
        self.value: Maybe = None

    def add(self, values: list[Any], row: Row) -> None:
        if len(values) > 1:
            raise Unsupported("first() and last() of several values")
        if values and (self.last or self.value is None):
            self.value = values[0]

    def result(self) -> Maybe:
        return self.value


class ByTime(Accumulator):
    """earliest, latest, earliest_time, latest_time: by `_time`. A row without it: Unsupported, Splunk may answer anything."""

    needs_time = True

    def __init__(self, latest: bool, of_time: bool) -> None:
        self.sign = 1 if latest else -1
        self.of_time = of_time
        self.best: Any = None  # (time, value)

    def add(self, values: list[Any], row: Row) -> None:
        if not values:
            return
        time = number_of(row.get("_time"))
        if time is None or len(values) > 1:
            raise Unsupported("earliest() and latest() of rows without _time, or of several values: use min() or max()")
        if self.best is None or (time - self.best[0]) * self.sign > 0:
            self.best = (time, row["_time"] if self.of_time else values[0])

    def result(self) -> Maybe:
        return None if self.best is None else self.best[1]


MAKERS: dict[str, Callable[[], Accumulator]] = {
    "count": Count,
    "c": Count,
    "dc": DistinctCount,
    "distinct_count": DistinctCount,
    "values": DistinctValues,
    "min": lambda: Extreme(-1),
    "max": lambda: Extreme(1),
    "sum": Sum,
    "avg": lambda: Sum(average=True),
    "mean": lambda: Sum(average=True),
    "range": lambda: Numbers(lambda numbers: max(numbers) - min(numbers)),
    "sumsq": lambda: Numbers(lambda numbers: sum(number * number for number in numbers)),
    "median": lambda: Numbers(_median),
    "var": lambda: Numbers(statistics.variance, 2),
    "varp": lambda: Numbers(statistics.pvariance),
    "stdev": lambda: Numbers(statistics.stdev, 2),
    "stdevp": lambda: Numbers(statistics.pstdev),
    "first": lambda: InOrder(last=False),
    "last": lambda: InOrder(last=True),
    "earliest": lambda: ByTime(latest=False, of_time=False),
    "latest": lambda: ByTime(latest=True, of_time=False),
    "earliest_time": lambda: ByTime(latest=False, of_time=True),
    "latest_time": lambda: ByTime(latest=True, of_time=True),
}


def _median(numbers: list[Any]) -> Any:
    """The middle of an odd number of values; of an even number the documentation does not say which."""
    if len(numbers) % 2 == 0:
        raise Unsupported("median() of an even number of values")
    return statistics.median(numbers)


def maker_of(function: str, number: str) -> Callable[[], Accumulator]:
    """Returns what makes an accumulator; Unsupported for functions that are not in the table."""
    if number or function not in MAKERS:
        raise Unsupported(f"the function {function}{number}() of stats is not played")
    return MAKERS[function]
