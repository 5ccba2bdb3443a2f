"""Small line plots as SVG (pure): one series each, drawn where a run's output is shown."""

import math
from html import escape

from interviewer.loss_lists import Series, series_in

WIDTH, HEIGHT, EDGE = 320, 96, 6


def plots(output: str) -> str:
    """A plot for each series of numbers in an output; empty without one."""
    return "".join(plot(series) for series in series_in(output))


def plot(series: Series) -> str:
    """A series over its index; a gap where a value is not finite."""
    finite = [value for value in series.values if math.isfinite(value)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    said = f"{series.name}: {len(series.values)} values, from {_said(series.values[0])} to "
    said += f"{_said(series.values[-1])}; lowest {_said(low)}, highest {_said(high)}"
    lost = len(series.values) - len(finite)
    said += f"; {lost} not finite" if lost else ""
    lines = "".join(f'<polyline points="{points}"/>' for points in _pieces(series, low, high))
    return (
        f'<figure class="plot"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" fill="none" '
        f'stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" '
        f'aria-label="{escape(said)}">{lines}</svg>'
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )


def _pieces(series: Series, low: float, high: float) -> list[str]:
    """Points of each stretch of finite values."""
    across = (WIDTH - 2 * EDGE) / max(1, len(series.values) - 1)
    down = (HEIGHT - 2 * EDGE) / ((high - low) or 1.0)
    pieces: list[list[str]] = [[]]
    for index, value in enumerate(series.values):
        if math.isfinite(value):
            x, y = EDGE + index * across, EDGE + (high - value) * down
            pieces[-1].append(f"{x:.1f},{y:.1f}")
        elif pieces[-1]:
            pieces.append([])
    return [" ".join(piece) for piece in pieces if piece]


def _said(value: float) -> str:
    return f"{value:.4g}"
