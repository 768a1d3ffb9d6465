"""Words → category, matter, seriousness and facts. Pure; spaCy and numpy are loaded late."""

import os

# A text is a few hundred rows: more threads than one cost more than they save, and the last bits of
# a sum would depend on them. It must stand before numpy is loaded.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
