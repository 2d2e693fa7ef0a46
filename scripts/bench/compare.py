"""Runs Glassbox and its PyTorch peers in alternation and prints medians and ratios. scripts/bench.sh calls it.

All three train the same network on MNIST. Of each process: samples learned per second, all epochs from the first step on,
reading and evaluation left out; and the largest resident memory, as the kernel counts it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MLP = os.path.join(ROOT, "build/bin/mlp")


def fail(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


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


class Bench:
    def __init__(self, ask):
        self.ask = ask
        self.peer_environment = {**os.environ, "LD_LIBRARY_PATH": ask.blas}
        self.figures = {}  # (what, threads) -> list of (samples per second, MB)
        self.workers = {}  # threads -> the number of DataLoader processes that was faster
        self.tried = {}  # threads -> {DataLoader processes: samples per second} of the first round
        self.about = {}

    def note(self, what, threads, rate, memory):
        self.figures.setdefault((what, threads), []).append((rate, memory))
        print(f"bench: {what}, {threads} thread{'s'[:threads - 1]}: {rate:,.0f} samples/s, {memory:,.0f} MB", file=sys.stderr)

    def train_ours(self, threads):
        with tempfile.TemporaryDirectory() as folder:
            where = os.path.join(folder, "run")
            output, memory, _ = run([MLP, "train", "--config", "configs/mlp/bench.json", "--data", self.ask.data, "--threads",
                                     str(threads), "--run", where, "--json", "--quiet"])
            with open(os.path.join(where, "environment.json")) as file:
                self.about["ours"] = json.load(file)
        if not self.about["ours"]["blas"]["recommended"]:
            fail(f"bench: BLAS of mlp: want OpenBLAS with OpenMP threads, got {self.about['ours']['blas']['file']}; "
                 "run scripts/setup.sh and build again")
        self.note("ours", threads, json.loads(output)["samples_per_second"], memory)

    def train_peer(self, script, threads, epochs, workers=0):
        output, memory, _ = run(["/usr/bin/python3", os.path.join(HERE, f"mlp_{script}.py"), "--data", self.ask.data, "--threads",
                                 str(threads), "--epochs", str(epochs), "--workers", str(workers)], self.peer_environment)
        answer = json.loads(output)
        self.about["peer"] = answer
        return answer["samples_per_second"], memory

    def train_idiomatic(self, threads):
        """The first call tries with and without worker processes; the faster way stands for the script from then on."""
        if threads in self.workers:
            self.note("idiomatic", threads, *self.train_peer("idiomatic", threads, 1, self.workers[threads]))
            return
        tried = {workers: self.train_peer("idiomatic", threads, 1, workers) for workers in (0, 2)}
        self.workers[threads] = max(tried, key=lambda workers: tried[workers][0])
        self.tried[threads] = {workers: rate for workers, (rate, _) in tried.items()}
        self.note("idiomatic", threads, *tried[self.workers[threads]])

    def train_all(self):
        for _ in range(self.ask.rounds):
            for threads in (1, 2):
                self.train_ours(threads)
                self.note("tensor", threads, *self.train_peer("tensor", threads, 3))
                self.train_idiomatic(threads)

    def start_programs(self):
        """Milliseconds of a whole process, 20 runs of each in alternation: mlp --help, and a program that only links LibTorch."""
        seconds = {"help": [], "hello": []}
        for _ in range(20):
            seconds["help"].append(run([MLP, "--help"])[2])
            seconds["hello"].append(run([self.ask.hello])[2])
        return {name: 1000 * statistics.median(values) for name, values in seconds.items()}

    def median(self, what, threads, column):
        return statistics.median(figure[column] for figure in self.figures[what, threads])

    def results(self):
        results = {"rounds": self.ask.rounds, "start_ms": self.start_programs(), "workers": self.workers, "workers_tried": self.tried,
                   "threads": {}}
        for threads in (1, 2):
            results["threads"][threads] = {
                what: {"samples_per_second": self.median(what, threads, 0), "peak_mb": self.median(what, threads, 1),
                       "all_samples_per_second": [rate for rate, _ in self.figures[what, threads]]}
                for what in ("ours", "tensor", "idiomatic")}
        ours, peer = self.about["ours"], self.about["peer"]
        results["machine"] = (
            f"{ours['processor']}, {ours['cores']} cores; load {os.getloadavg()[0]:.1f} at the end; ours: {ours['versions']}, BLAS "
            f"{ours['blas']['file']}; scripts: {peer['versions']}, BLAS {peer['blas']}")
        return results


def table(results):
    """Markdown. Ratios above 1 speak for us in speed, below 1 in memory."""
    lines = ["| what | ours | tensor script | idiomatic script | ours / tensor | ours / idiomatic |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]

    def row(name, values):
        ours, tensor, idiomatic = values
        lines.append(f"| {name} | {ours:,.0f} | {tensor:,.0f} | {idiomatic:,.0f} | {ours / tensor:.2f} | {ours / idiomatic:.2f} |")

    for key, name in (("samples_per_second", "training, samples/s"), ("peak_mb", "peak memory, MB")):
        for threads, figures in results["threads"].items():
            plural = "" if threads == 1 else "s"
            row(f"{name}, {threads} thread{plural}", [figures[what][key] for what in ("ours", "tensor", "idiomatic")])
    start, rate = results["start_ms"], {threads: figures["ours"]["samples_per_second"] for threads, figures in results["threads"].items()}
    tried = "; ".join(f"{threads} thread{'' if threads == 1 else 's'}: " +
                      ", ".join(f"{rate:,.0f} with {count}" for count, rate in rates.items())
                      for threads, rates in results["workers_tried"].items())
    lines += ["",
              f"- `mlp --help`, whole process: {start['help']:.0f} ms; a program that only links LibTorch: {start['hello']:.0f} ms; "
              f"ratio {start['help'] / start['hello']:.2f}",
              f"- our 2 threads / our 1 thread: {rate[2] / rate[1]:.2f}",
              f"- medians of {results['rounds']} alternating rounds; memory is that of the largest process of each side",
              f"- the idiomatic script runs with the number of DataLoader workers that was faster in round 1, samples/s: {tried}",
              f"- {results['machine']}"]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--blas", required=True, help="the folder openblas-openmp")
    parser.add_argument("--hello", required=True, help="the program hello_torch")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--json", action="store_true")
    ask = parser.parse_args()
    if os.getloadavg()[0] > 0.5:
        print(f"warning: other programs are at work here (load {os.getloadavg()[0]:.1f}); figures of 2 threads suffer most", file=sys.stderr)
    bench = Bench(ask)
    bench.train_all()
    results = bench.results()
    print(json.dumps(results, indent=2) if ask.json else table(results))


if __name__ == "__main__":
    main()
