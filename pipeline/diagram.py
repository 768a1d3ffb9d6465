"""The reliability diagram: is a score of 0.8 right four times in five? One SVG, no library."""

from collections.abc import Mapping

from classify.evaluate import Bin, Figures

_SIDE, _EDGE, _GAP = 320, 56, 40  # pixels: of a square, around it, between squares


def reliability(languages: Mapping[str, Figures], *, model: str) -> str:
    """Return the diagram, one square for each language, as an SVG file."""
    width = _EDGE + len(languages) * (_SIDE + _GAP)
    height = _SIDE + 2 * _EDGE + 16
    squares = [
        _square(language, figures, _EDGE + number * (_SIDE + _GAP))
        for number, (language, figures) in enumerate(languages.items())
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">',
            f"<title>Reliability of {model}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *squares,
            "</svg>\n",
        ]
    )


def _square(language: str, figures: Figures, left: int) -> str:
    top, bottom = _EDGE, _EDGE + _SIDE
    lines = [
        f'<text x="{left}" y="{top - 30}" font-size="14" font-weight="bold">{language}</text>',
        f'<text x="{left}" y="{top - 12}">{figures.texts} texts, '
        f"calibration error {figures.calibration_error:.3f}</text>",
        f'<rect x="{left}" y="{top}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#777"/>',
        f'<path d="M{left} {bottom}L{left + _SIDE} {top}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{left + _SIDE / 2}" y="{bottom + 38}" text-anchor="middle">score</text>',
    ]
    for step in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + step * _SIDE, bottom - step * _SIDE
        lines.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{step:g}</text>')
        lines.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{step:g}</text>')
    most = max(one.texts for one in figures.bins)
    lines += [_dot(one, left, bottom, most) for one in figures.bins]
    return "\n".join(lines)


def _dot(one: Bin, left: int, bottom: int, most: int) -> str:
    """Return a circle whose area shows how many texts it stands for."""
    x, y = left + one.score * _SIDE, bottom - one.right * _SIDE
    radius = 3 + 11 * (one.texts / most) ** 0.5
    words = f"{one.texts} texts, score {one.score:.2f}, right {one.right:.0%}"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#2b6cb0" fill-opacity="0.65">'
        f"<title>{words}</title></circle>"
    )
