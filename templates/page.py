"""Values → a page of HTML that stands alone: no script, nothing fetched, everything escaped.

Pages are for our own people, on their own disk. What strangers wrote is only ever a value.
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).with_name("pages")


def render_page(name: str, values: Mapping[str, object]) -> str:
    """Return the page `name` with these values."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{name}.html.j2").render(values)
