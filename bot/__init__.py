"""The engine of Tomoni: it knows LINE, matching and languages, and no city."""

import os

__version__ = "0.5.0"

# Before numpy is imported: a message's products are so small that a second thread only spins, for twice the CPU.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
