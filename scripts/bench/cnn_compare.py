"""Runs cnn and its PyTorch peers in alternation and prints medians and ratios. scripts/bench.sh cnn calls it.

Four parts; --only NAME runs one of them.
  lenet5        training LeNet-5 on MNIST, batch 64, an epoch, with 1 and 2 threads, against a tuned script (the set in
                a tensor) and an idiomatic one (torchvision's Dataset, a DataLoader)
  resnet20      training ResNet-20 on CIFAR-10, batch 128, random crops and flips, against a tuned script (the set in a
                tensor, crops by index) and the usual one (torchvision's transforms, two workers); our bfloat16 against
                our float32. A part of an epoch: ours keeps half of the set for validation, the scripts stop after
                100 batches
  mnist_99      the wall time of the whole process until MNIST's test set is answered with >= 99.0 %
  image_folder  training on 10,000 JPEGs (CIFAR-10's test set), three epochs, against ImageFolder and a DataLoader with
                two workers; the share of a step in which our training waits for its images. Ours runs with all pixels
                in memory, decoded before the training and its clock start (so the whole process is compared as well),
                and without, decoding every epoch in the training thread or in one or two workers

"Training" counts samples a second from the first step to the last, with augmentation; reading the files and evaluation
are left out on both sides. 2 threads unless said; both sides run on the same LibTorch and OpenBLAS with OpenMP.
"""

import contextlib
import json
import os
import tempfile

import driver
import sets
from driver import median, plural

PARTS = ("lenet5", "resnet20", "mnist_99", "image_folder")
# What is set in data: workers, cache. The first is the preset's own way.
FOLDER_WAYS = {"cached": ("0", "true"), "no cache, workers 0": ("0", "false"), "no cache, workers 1": ("1", "false"),
               "no cache, workers 2": ("2", "false")}


class Bench:
    def __init__(self, ask):
        self.ask = ask
        self.figures = {}  # name -> list, one figure a round
        self.variants = driver.Variants()
        self.about = {}

    def note(self, name, value, unit):
        self.figures.setdefault(name, []).append(value)
        driver.say(f"{name}: {value:,.4g} {unit}" if value < 1000 else f"{name}: {value:,.0f} {unit}")

    def ours(self, config, data, *changes, threads=2, seed=1):
        """Returns the JSON answer, the lines of metrics.jsonl and the seconds of the whole process."""
        words = [word for change in changes for word in ("--set", change)]
        with tempfile.TemporaryDirectory() as folder:
            answer, self.about["ours"], _, seconds = driver.run_app(
                "cnn", folder, "--config", f"configs/cnn/{config}.json", *words, "--data", data,
                "--threads", str(threads), "--seed", str(seed))
            with open(os.path.join(folder, "run", "metrics.jsonl")) as file:
                return answer, [json.loads(line) for line in file], seconds

    def peer(self, script, **options):
        """Returns its JSON line and the seconds of the whole process."""
        answer, _, seconds = driver.run_peer(self.ask, f"cnn_{script}", **{"threads": 2, **options})
        self.about["peer"] = answer
        return answer, seconds

    def peer_rate(self, script, **options):
        """A tuple of one, for Variants."""
        return (self.peer(script, **options)[0]["samples_per_second"],)

    def lenet5(self, data, _round):
        for threads in (1, 2):
            name = f"lenet5, {plural(threads, 'thread')}"
            answer, _, _ = self.ours("lenet5", data, "train.epochs=1", threads=threads)
            self.note(f"{name}: ours", answer["samples_per_second"], "samples/s")
            self.note(f"{name}: tuned", *self.variants.best(
                f"{name}: tuned", ("channels_last", "channels_first"),
                lambda layout: self.peer_rate("lenet5_tuned", data=data, threads=threads, layout=layout)), "samples/s")
            self.note(f"{name}: idiomatic", *self.variants.best(
                f"{name}: idiomatic", (0, 2),
                lambda workers: self.peer_rate("lenet5_idiomatic", data=data, threads=threads, workers=workers)),
                "samples/s")

    def resnet20(self, data, _round):
        part = ("train.epochs=1", "data.val_share=0.5")
        self.note("resnet20: ours", self.ours("resnet20", data, *part)[0]["samples_per_second"], "samples/s")
        self.note("resnet20: tuned", *self.variants.best(
            "resnet20: tuned", ("channels_last", "channels_first"),
            lambda layout: self.peer_rate("resnet20_tuned", data=data, batches=100, layout=layout)), "samples/s")
        answer, _, _ = self.ours("resnet20", data, *part, "model.precision=bf16")
        self.note("resnet20: bf16", answer["samples_per_second"], "samples/s")
        self.note("resnet20: usual", *self.peer_rate("resnet20_usual", data=data, batches=100, workers=2), "samples/s")

    def mnist_99(self, data, number, root):
        """Seed = round: the answer must not hang on one lucky start."""
        answer, _, seconds = self.ours("mnist_99", data, seed=number)
        self.note("mnist_99: ours", seconds, "s")
        self.note("mnist_99: accuracy, ours", 100 * answer["test"]["accuracy"], "%")
        seconds, accuracy = self.variants.best(
            "mnist_99: script", (0, 2), lambda workers: self.time_to_99(root, number, workers))
        self.note("mnist_99: script", -seconds, "s")
        self.note("mnist_99: accuracy, script", 100 * accuracy, "%")

    def time_to_99(self, root, number, workers):
        answer, seconds = self.peer("mnist_99", data=root, epochs=2, seed=number, workers=workers)
        return -seconds, answer["accuracy"]  # the larger the better

    def image_folder(self, folder, _round):
        for way, (workers, cache) in FOLDER_WAYS.items():
            # As good as all images are learned from, as in the script.
            answer, epochs, seconds = self.ours(
                "image_folder_bench", folder, f"data.path={folder}", f"data.workers={workers}", f"data.cache={cache}",
                "data.val_share=0.002", "data.test_share=0.002")
            self.note(f"image_folder: ours, {way}", answer["samples_per_second"], "samples/s")
            self.note(f"image_folder: seconds, {way}", seconds, "s")
            for epoch, name in ((epochs[0], "first"), (epochs[-1], "last")):
                idle = epoch["seconds"]["loading"] / sum(epoch["seconds"].values())
                self.note(f"image_folder: idle in the {name} epoch, {way}", 100 * idle, "%")
        answer, seconds = self.peer("image_folder", data=folder, epochs=len(epochs), workers=2)
        self.note("image_folder: script", answer["samples_per_second"], "samples/s")
        self.note("image_folder: seconds, script", seconds, "s")

    def run(self):
        with contextlib.ExitStack() as stack:
            parts = {name: self.prepared(name, stack) for name in PARTS if self.ask.only in (None, name)}
            for number in range(1, self.ask.rounds + 1):
                for part in parts.values():
                    part(number)

    def prepared(self, name, stack):
        """A function of the round's number: the part with its data at hand."""
        if name == "resnet20":
            data = driver.find_data(self.ask, "cifar10/data_batch_1.bin", "run scripts/data.sh cifar10")
            return lambda number: self.resnet20(data, number)
        if name == "image_folder":
            archive = "cifar10/cifar10_test_jpeg.tar.xz"
            data = driver.find_data(self.ask, archive, "it holds CIFAR-10's test set as test/NNNNN_CLASS.jpg")
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            sets.lay_out_jpegs(os.path.join(data, archive), folder)
            return lambda number: self.image_folder(folder, number)
        data = driver.find_data(self.ask, "mnist/train-images-idx3-ubyte*", "run scripts/data.sh mnist")
        if name == "lenet5":
            return lambda number: self.lenet5(data, number)
        root = stack.enter_context(tempfile.TemporaryDirectory())
        sets.lay_out_mnist(data, root)
        return lambda number: self.mnist_99(data, number, root)

    def median(self, name):
        return median(self.figures[name])

    def row(self, name, ours, theirs, wanted, of_seconds=False):
        """One comparison; of_seconds: less is better, the ratio stays ours / theirs."""
        ours, theirs = self.median(ours), self.median(theirs)
        ratio = ours / theirs
        return {"what": name, "ours": ours, "theirs": theirs, "ratio": ratio, "wanted": wanted,
                "reached": ratio <= wanted if of_seconds else ratio >= wanted}

    def rows_of(self, part):
        if part == "lenet5":
            return [self.row(f"`lenet5`, MNIST, batch 64, {threads}, samples/s: {script} script",
                             f"lenet5, {threads}: ours", f"lenet5, {threads}: {script}", wanted)
                    for threads in ("1 thread", "2 threads") for script, wanted in (("tuned", 1.2), ("idiomatic", 2.5))]
        if part == "resnet20":
            name = "`resnet20`, CIFAR-10, batch 128, crop and flip, samples/s: "
            return [self.row(name + "tuned script", "resnet20: ours", "resnet20: tuned", 1.05),
                    self.row(name + "usual script, 2 workers", "resnet20: ours", "resnet20: usual", 1.3),
                    self.row(name + "bfloat16, against our float32", "resnet20: bf16", "resnet20: ours", 1.5)]
        if part == "mnist_99":
            row = self.row("MNIST to 99.0 %, whole process, s", "mnist_99: ours", "mnist_99: script", 1 / 3,
                           of_seconds=True)
            row["reached"] = row["reached"] and min(self.figures["mnist_99: accuracy, ours"]) >= 99 - 1e-9
            return [row]
        name = "`image_folder`, 10,000 JPEGs, "
        return [self.row(f"{name}training, samples/s: {way}", f"image_folder: ours, {way}", "image_folder: script", 1.5)
                for way in FOLDER_WAYS] + [
            self.row(f"{name}whole process of three epochs, s: {way}", f"image_folder: seconds, {way}",
                     "image_folder: seconds, script", 1 / 1.5, of_seconds=True) for way in FOLDER_WAYS]

    def notes_of(self, part):
        if part == "mnist_99":
            accuracies = {side: self.figures[f"mnist_99: accuracy, {side}"] for side in ("ours", "script")}
            return ["mnist_99, a seed a round, test accuracy: " + "; ".join(
                f"{side} {min(values):.2f} to {max(values):.2f} %, "
                f"{sum(value >= 99 - 1e-9 for value in values)} of {len(values)} reach 99.0"
                for side, values in accuracies.items())]
        if part == "image_folder":
            def idle(epoch, way):
                return self.median(f"image_folder: idle in the {epoch} epoch, {way}")

            return ["image_folder, share of a step that waits for images, first / last epoch, wanted < 5 %: " + "; ".join(
                f"{way} {idle('first', way):.1f} / {idle('last', way):.1f} % "
                f"({'yes' if max(idle('first', way), idle('last', way)) < 5 else 'no'})" for way in FOLDER_WAYS)]
        return []

    def results(self):
        parts = [name for name in PARTS if self.ask.only in (None, name)]
        return {"rounds": self.ask.rounds, "rows": [row for part in parts for row in self.rows_of(part)],
                "notes": [note for part in parts for note in self.notes_of(part)], "figures": self.figures,
                "variants_tried": self.variants.tried,
                "machine": driver.machine(self.about["ours"], self.about["peer"])}


def number_text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def table(results):
    """Markdown."""
    lines = ["| what | ours | PyTorch | ours / PyTorch | wanted |", "| --- | ---: | ---: | ---: | --- |"]
    for row in results["rows"]:
        sign = "<=" if row["wanted"] < 1 else ">="
        verdict = f"{sign} {row['wanted']:.2f}: {'yes' if row['reached'] else 'no'}"
        lines.append(f"| {row['what']} | {number_text(row['ours'])} | {number_text(row['theirs'])} | {row['ratio']:.2f} "
                     f"| {verdict} |")
    lines += ["", f"- medians of {plural(results['rounds'], 'alternating round')}, 2 threads unless said"]
    lines += [f"- {note}" for note in results["notes"]]
    for name, rates in results["variants_tried"].items():
        unit = "s" if name.startswith("mnist_99") else "samples/s"
        tried = ", ".join(
            f"{number_text(abs(rate))} {unit} with {variant if isinstance(variant, str) else plural(variant, 'worker')}"
            for variant, rate in rates.items())
        lines.append(f"- {name} runs in the way that was faster in round 1: {tried}")
    return "\n".join(lines + [f"- {results['machine']}"])


def main():
    parser = driver.parser()
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    ask = parser.parse_args()
    driver.use_fitting_blas_core(ask.blas)
    driver.warn_of_load()
    bench = Bench(ask)
    bench.run()
    results = bench.results()
    print(json.dumps(results, indent=2) if ask.json else table(results))


if __name__ == "__main__":
    main()
