"""Trains with 2 threads beside programs that keep cores busy, here and in PyTorch in alternation, and prints the ratios.
scripts/bench.sh --beside calls it.

mlp: the perceptron of configs/mlp/bench.json against mlp_tensor.py; cnn: LeNet-5 against cnn_lenet5_tuned.py. The busy
programs run at normal priority beside both sides; medians of samples learned per second, as in compare.py.
"""

import contextlib
import json
import subprocess
import tempfile

import driver
from driver import median, plural

CONFIGS = {"mlp": "configs/mlp/bench.json", "cnn": "configs/cnn/lenet5.json"}
WANTED_QUIET, WANTED_BESIDE = 1.5, 1.1


@contextlib.contextmanager
def busy(count):
    """`count` processes that want a core each for as long as the block runs."""
    processes = [subprocess.Popen(["yes"], stdout=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


class Bench:
    def __init__(self, ask):
        self.ask = ask
        self.data = driver.find_data(ask, "mnist/train-images-idx3-ubyte*", "run scripts/data.sh mnist")
        self.variants = driver.Variants()
        self.about = {}

    def ours(self, epochs):
        with tempfile.TemporaryDirectory() as folder:
            answer, self.about["ours"], _, _ = driver.run_app(
                self.ask.app, folder, "--config", CONFIGS[self.ask.app], "--set", f"train.epochs={epochs}",
                "--data", self.data, "--threads", "2")
        return answer["samples_per_second"]

    def peer(self, script, epochs, **options):
        self.about["peer"], _, _ = driver.run_peer(self.ask, script, data=self.data, threads=2, epochs=epochs, **options)
        return (self.about["peer"]["samples_per_second"],)

    def script(self, epochs):
        if self.ask.app == "mlp":
            return self.peer("mlp_tensor", epochs)[0]
        return self.variants.best("layout", ("channels_last", "channels_first"),
                                  lambda layout: self.peer("cnn_lenet5_tuned", epochs, layout=layout))[0]

    def row(self, count):
        rates = {"ours": [], "script": []}
        epochs = 3 if self.ask.app == "mlp" and count == 0 else 1
        with busy(count):
            for _ in range(self.ask.rounds):
                rates["ours"].append(self.ours(epochs))
                rates["script"].append(self.script(epochs))
                driver.say(f"beside {count}: ours {rates['ours'][-1]:,.0f}, script {rates['script'][-1]:,.0f} samples/s")
        ours, script = median(rates["ours"]), median(rates["script"])
        return {"beside": count, "ours": ours, "script": script, "ratio": ours / script,
                "wanted": WANTED_BESIDE if count else WANTED_QUIET, "rates": rates}


def table(results):
    """Markdown."""
    lines = ["| beside | ours, samples/s | tuned script, samples/s | ours / script | wanted |",
             "| --- | ---: | ---: | ---: | --- |"]
    for row in results["rows"]:
        reached = "yes" if row["ratio"] >= row["wanted"] else "no"
        lines.append(f"| {plural(row['beside'], 'busy program')} | {row['ours']:,.0f} | {row['script']:,.0f} "
                     f"| {row['ratio']:.2f} | >= {row['wanted']}: {reached} |")
    return "\n".join(lines + ["", f"- {results['app']}, 2 threads, medians of {plural(results['rounds'], 'alternating round')}",
                              f"- {results['machine']}"])


def main():
    parser = driver.parser()
    parser.add_argument("--app", choices=CONFIGS, required=True)
    parser.add_argument("--beside", required=True, help="numbers of busy programs, joined by ','")
    ask = parser.parse_args()
    driver.use_fitting_blas_core(ask.blas)
    driver.warn_of_load()
    bench = Bench(ask)
    rows = [bench.row(int(count)) for count in ask.beside.split(",")]
    results = {"app": ask.app, "rounds": ask.rounds, "rows": rows,
               "machine": driver.machine(bench.about["ours"], bench.about["peer"])}
    print(json.dumps(results, indent=2) if ask.json else table(results))


if __name__ == "__main__":
    main()
