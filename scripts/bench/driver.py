"""What the drivers of scripts/bench.sh share: arguments, finding data, running and timing processes."""

import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's PyTorch


def fail(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


def say(line):
    print(f"bench: {line}", file=sys.stderr)


def parser():
    options = argparse.ArgumentParser()
    options.add_argument("--data", required=True, help="folders of data sets, joined by ':'")
    options.add_argument("--blas", required=True, help="the folder openblas-openmp")
    options.add_argument("--rounds", type=int, required=True)
    options.add_argument("--json", action="store_true")
    return options


def find_data(ask, pattern, remedy):
    """The first of the data folders that holds `pattern`, such as "mnist/train-images-idx3-ubyte*"."""
    for folder in ask.data.split(":"):
        if glob.glob(os.path.join(glob.escape(folder), pattern)):
            return folder
    fail(f"bench: want {pattern} in one of {ask.data}, found none; {remedy}")


def use_fitting_blas_core(folder):
    """OpenBLAS gives a processor that it does not know the code of a Pentium 4. Ours starts itself again with code that fits
    (common/run/blas_core.h); for a fair comparison the scripts get the same by the same variable."""
    if "OPENBLAS_CORETYPE" in os.environ:
        return
    ask_core = ("import ctypes, sys; blas = ctypes.CDLL(sys.argv[1]); blas.openblas_get_corename.restype = ctypes.c_char_p; "
                "print(blas.openblas_get_corename().decode())")
    core = subprocess.run([PYTHON, "-c", ask_core, os.path.join(folder, "libblas.so.3")], capture_output=True, text=True).stdout
    with open("/proc/cpuinfo") as file:
        flags = set(next((line for line in file if line.startswith("flags")), "").split())
    if core.strip() == "Prescott" and {"avx2", "fma"} <= flags:
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX" if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags else "Haswell"
        say(f"OpenBLAS does not know this processor: OPENBLAS_CORETYPE={os.environ['OPENBLAS_CORETYPE']} for all")


def run(command, environment=None):
    """The process's stdout, its peak memory in MB (10^6 bytes) and its wall time in seconds."""
    start = time.perf_counter()
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    except OSError as problem:
        fail(f"bench: cannot start {command[0]}: {problem.strerror}; is a build going on?")
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)  # Popen.wait() would keep the usage to itself
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode != 0:
        fail(f"bench: exit {process.returncode} from: {' '.join(command)}")
    return output.decode(), usage.ru_maxrss * 1024 / 1e6, seconds


def run_app(app, folder, *arguments):
    """Trains into folder/run. Returns the program's JSON answer, environment.json, memory and seconds as run() does."""
    where = os.path.join(folder, "run")
    program = os.path.join(ROOT, "build/bin", app)
    output, memory, seconds = run([program, "train", *arguments, "--run", where, "--json", "--quiet"])
    with open(os.path.join(where, "environment.json")) as file:
        environment = json.load(file)
    if not environment["blas"]["recommended"]:
        fail(f"bench: BLAS of {app}: want OpenBLAS with OpenMP threads, got {environment['blas']['file']}; "
             "run scripts/setup.sh and build again")
    return json.loads(output), environment, memory, seconds


def run_peer(ask, script, **options):
    """Runs SCRIPT.py with --NAME VALUE for each option. Returns its JSON line, memory and seconds as run() does."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    output, memory, seconds = run([PYTHON, os.path.join(HERE, f"{script}.py"), *words],
                                  {**os.environ, "LD_LIBRARY_PATH": ask.blas})
    return json.loads(output), memory, seconds


class Variants:
    """Runs a peer in the way that was fastest in round 1: nobody can say the other way would have been faster."""

    def __init__(self):
        self.chosen = {}  # key -> variant
        self.tried = {}  # key -> {variant: samples per second, or whatever is better the larger it is}

    def best(self, key, variants, measure):
        """measure(variant): a tuple that begins with the figure. All are tried the first time, only the best then."""
        if key in self.chosen:
            return measure(self.chosen[key])
        results = {variant: measure(variant) for variant in variants}
        self.chosen[key] = max(results, key=lambda variant: results[variant][0])
        self.tried[key] = {variant: result[0] for variant, result in results.items()}
        return results[self.chosen[key]]


def plural(count, word):
    return f"{count} {word}{'' if count == 1 else 's'}"


def median(values):
    return statistics.median(values)


def machine(ours, peer):
    """One line from environment.json and a peer's answer."""
    return (f"{ours['processor']}, {ours['cores']} cores; load {os.getloadavg()[0]:.1f} at the end; ours: "
            f"{ours['versions']}, BLAS {ours['blas']['file']}; scripts: {peer['versions']}, BLAS {peer['blas']}")


def warn_of_load():
    if os.getloadavg()[0] > 0.5:
        print(f"warning: other programs are at work here (load {os.getloadavg()[0]:.1f}); "
              "figures of 2 threads suffer most", file=sys.stderr)
