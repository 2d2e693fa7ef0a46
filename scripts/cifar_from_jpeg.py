#!/usr/bin/python3
"""Writes CIFAR-10's binary files from archives of JPEG copies (train/NNNNN_class.jpg, test/NNNNN_class.jpg).

usage: cifar_from_jpeg.py ARCHIVES_FOLDER OUT_FOLDER        needs python3-pil

A record is the label, then 1024 red, 1024 green and 1024 blue bytes; 10,000 records a file, in the order of NNNNN.
scripts/data.sh cifar10 --from FOLDER calls it. The pixels are not the official ones: they went through JPEG.
"""
import io
import pathlib
import sys
import tarfile

from PIL import Image

NAMES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def records_of(archive):
    """index -> label byte and pixels, of every JPEG in the archive."""
    records = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile():
                continue
            index, name = pathlib.Path(member.name).stem.split("_", 1)
            pixels = Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB").tobytes()
            records[int(index)] = bytes([NAMES.index(name)]) + pixels[0::3] + pixels[1::3] + pixels[2::3]
    return records


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for part in ("train", "test"):
        records = records_of(source / f"cifar10_{part}_jpeg.tar.xz")
        for batch in range(len(records) // 10000):
            name = "test_batch.bin" if part == "test" else f"data_batch_{batch + 1}.bin"
            first = batch * 10000
            (out / name).write_bytes(b"".join(records[i] for i in range(first, first + 10000)))


main()
