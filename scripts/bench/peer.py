"""What the two PyTorch scripts share: arguments, the BLAS check, the line they print."""

import argparse
import json
import resource
import sys

import torch

WANTED_BLAS = "openblas-openmp"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="folder that holds mnist/, packed or not")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--workers", type=int, default=0, help="DataLoader processes (mlp_idiomatic.py only)")
    return parser.parse_args()


def loaded_blas():
    """The BLAS files in this process. Exits 2 if one of them is not OpenBLAS with OpenMP threads."""
    torch.mm(torch.ones(2, 2), torch.ones(2, 2))
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "/" in line}
    names = ("libblas", "libcblas", "libopenblas", "libblis", "libmkl", "libatlas")
    blas = sorted(file for file in files if file.rsplit("/", 1)[-1].startswith(names))
    wrong = [file for file in blas if WANTED_BLAS not in file]
    if wrong or not blas:
        print(f"error: BLAS of the Python peer: want only files of {WANTED_BLAS}, got {', '.join(wrong) or 'none'}; "
              f"set LD_LIBRARY_PATH to that folder (scripts/bench.sh does)", file=sys.stderr)
        sys.exit(2)
    return blas[-1]


def report(samples, seconds, blas):
    """One JSON line. Peak memory (10^6 bytes) is the process's own; the largest worker process stands beside it."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    print(json.dumps({
        "samples_per_second": samples / seconds, "seconds": seconds, "peak_mb": own, "largest_worker_mb": workers,
        "threads": torch.get_num_threads(), "versions": f"Python {sys.version.split()[0]}, PyTorch {torch.__version__}", "blas": blas}))
