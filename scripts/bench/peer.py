"""What the PyTorch scripts share: arguments, the BLAS check, the two usual loops of training, the line they print."""

import argparse
import json
import resource
import sys
import time

import torch

WANTED_BLAS = "openblas-openmp"


def arguments():
    """Each script reads what concerns it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="the folder with mnist/ or cifar10/, or what torchvision's Dataset wants")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batches", type=int, help="stop every epoch after so many")
    parser.add_argument("--workers", type=int, default=0, help="DataLoader processes")
    parser.add_argument("--layout", choices=("channels_last", "channels_first"), default="channels_last")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def begin():
    """Arguments read, threads and seed set; returns the arguments and the BLAS."""
    ask = arguments()
    torch.set_num_threads(ask.threads)
    torch.manual_seed(ask.seed)
    return ask, loaded_blas()


def memory_format(ask):
    return torch.channels_last if ask.layout == "channels_last" else torch.contiguous_format


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


def learn_from_loader(model, loader, optimizer, criterion, epochs):
    """The loop of the tutorials, loss.item() in every step. Returns seconds."""
    start = time.perf_counter()
    for _ in range(epochs):
        running_loss = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
    return time.perf_counter() - start


def learn_from_tensor(model, images, labels, batch_size, optimizer, criterion, epochs):
    """Batches by index from one tensor, no .item() in the loop. Returns seconds."""
    start = time.perf_counter()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(batch_size):
            loss = criterion(model(images[batch]), labels[batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    return time.perf_counter() - start


def report(samples, seconds, blas, **more):
    """One JSON line. Peak memory (10^6 bytes) is the process's own; the largest worker process stands beside it."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    print(json.dumps({
        "samples_per_second": samples / seconds, "seconds": seconds, "peak_mb": own, "largest_worker_mb": workers,
        "threads": torch.get_num_threads(), "versions": f"Python {sys.version.split()[0]}, PyTorch {torch.__version__}",
        "blas": blas, **more}))
