"""Compute CloudWatch's metric math as far as our alarms use it: numbers, names, + - * /, comparisons, FILL and IF.

A value is a number, or None where a period has no data; a result of None is None, except by FILL.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Final

Value = float | None
Operator = Callable[[float, float], float]


def divided(left: float, right: float) -> float:
    """Divide; the standard library's operator has no types."""
    return left / right


OPERATORS: Final[Mapping[type[ast.AST], Operator]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: divided,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class UnknownMath(ValueError):
    """An expression holds something that is not supported here; the text names it."""


def compute(expression: str, values: Mapping[str, Value]) -> Value:
    """Compute *expression* over one period's *values*; UnknownMath when it holds something unsupported."""
    try:
        # Within this subset metric math is written like Python, and parsing alone runs nothing.
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise UnknownMath(f"expected an expression, found {expression!r}: {error.msg}") from None
    return value_of(tree, values)


def value_of(node: ast.expr, values: Mapping[str, Value]) -> Value:
    """Compute one node."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return combined(operator.sub, 0.0, value_of(operand, values))
        case ast.BinOp(left=left, op=sign, right=right) | ast.Compare(left=left, ops=[sign], comparators=[right]):
            return combined(operator_of(sign), value_of(left, values), value_of(right, values))
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return called(function, [value_of(one, values) for one in arguments])
        case _:
            raise UnknownMath(f"expected numbers, metrics, + - * /, comparisons, FILL or IF, found {ast.unparse(node)}")


def operator_of(sign: ast.operator | ast.cmpop) -> Operator:
    """Return the function that *sign* stands for."""
    if type(sign) not in OPERATORS:
        raise UnknownMath(f"expected + - * / or a comparison, found {type(sign).__name__}")
    return OPERATORS[type(sign)]


def called(function: str, arguments: Sequence[Value]) -> Value:
    """Apply a function to the values of its arguments."""
    match function, *arguments:
        case "FILL", series, instead:
            return instead if series is None else series
        case "IF", condition, then, otherwise:
            return None if condition is None else then if condition else otherwise
        case _:
            raise UnknownMath(f"expected FILL of two or IF of three, found {function} of {len(arguments)}")


def combined(sign: Operator, left: Value, right: Value) -> Value:
    """Apply *sign*; None when one is missing, and for a division by zero, which is no data point in CloudWatch."""
    if left is None or right is None:
        return None
    try:
        return float(sign(left, right))
    except ZeroDivisionError:
        return None
