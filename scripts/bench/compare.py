"""Runs mlp and its PyTorch peers in alternation and prints medians and ratios. scripts/bench.sh mlp calls it.

All three train the same network on MNIST. Of each process: samples learned per second, all epochs from the first step on,
reading and evaluation left out; and the largest resident memory, as the kernel counts it.
"""

import json
import tempfile

import driver
from driver import median, plural


class Bench:
    def __init__(self, ask):
        self.ask = ask
        self.data = driver.find_data(ask, "mnist/train-images-idx3-ubyte*", "run scripts/data.sh mnist")
        self.figures = {}  # (what, threads) -> list of (samples per second, MB)
        self.workers = driver.Variants()  # by threads: the number of DataLoader processes that was faster
        self.about = {}

    def note(self, what, threads, rate, memory):
        self.figures.setdefault((what, threads), []).append((rate, memory))
        driver.say(f"{what}, {plural(threads, 'thread')}: {rate:,.0f} samples/s, {memory:,.0f} MB")

    def train_ours(self, threads):
        with tempfile.TemporaryDirectory() as folder:
            answer, self.about["ours"], memory, _ = driver.run_app(
                "mlp", folder, "--config", "configs/mlp/bench.json", "--data", self.data, "--threads", str(threads))
        self.note("ours", threads, answer["samples_per_second"], memory)

    def train_peer(self, script, threads, epochs, workers=0):
        answer, memory, _ = driver.run_peer(
            self.ask, f"mlp_{script}", data=self.data, threads=threads, epochs=epochs, workers=workers)
        self.about["peer"] = answer
        return answer["samples_per_second"], memory

    def train_all(self):
        for _ in range(self.ask.rounds):
            for threads in (1, 2):
                self.train_ours(threads)
                self.note("tensor", threads, *self.train_peer("tensor", threads, 3))
                self.note("idiomatic", threads, *self.workers.best(
                    threads, (0, 2), lambda workers, threads=threads: self.train_peer("idiomatic", threads, 1, workers)))

    def start_programs(self):
        """Milliseconds of a whole process, 20 runs of each in alternation: mlp --help, and a program that only links LibTorch."""
        seconds = {"help": [], "hello": []}
        for _ in range(20):
            seconds["help"].append(driver.run(["build/bin/mlp", "--help"])[2])
            seconds["hello"].append(driver.run([self.ask.hello])[2])
        return {name: 1000 * median(values) for name, values in seconds.items()}

    def median(self, what, threads, column):
        return median(figure[column] for figure in self.figures[what, threads])

    def results(self):
        results = {"rounds": self.ask.rounds, "start_ms": self.start_programs(), "workers": self.workers.chosen,
                   "workers_tried": self.workers.tried, "threads": {}}
        for threads in (1, 2):
            results["threads"][threads] = {
                what: {"samples_per_second": self.median(what, threads, 0), "peak_mb": self.median(what, threads, 1),
                       "all_samples_per_second": [rate for rate, _ in self.figures[what, threads]]}
                for what in ("ours", "tensor", "idiomatic")}
        results["machine"] = driver.machine(self.about["ours"], self.about["peer"])
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
            row(f"{name}, {plural(threads, 'thread')}", [figures[what][key] for what in ("ours", "tensor", "idiomatic")])
    start, rate = results["start_ms"], {threads: figures["ours"]["samples_per_second"] for threads, figures in results["threads"].items()}
    tried = "; ".join(f"{plural(threads, 'thread')}: " + ", ".join(f"{rate:,.0f} with {count}" for count, rate in rates.items())
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
    parser = driver.parser()
    parser.add_argument("--hello", required=True, help="the program hello_torch")
    ask = parser.parse_args()
    driver.use_fitting_blas_core(ask.blas)
    driver.warn_of_load()
    bench = Bench(ask)
    bench.train_all()
    results = bench.results()
    print(json.dumps(results, indent=2) if ask.json else table(results))


if __name__ == "__main__":
    main()
