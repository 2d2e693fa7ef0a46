"""The page of `cnn explain` in headless Chromium: what pointing and keys show of a convolution's arithmetic.

    /usr/bin/python3 tests/browser/cnn_page_test.py [TEST...]

Wants the Debian packages chromium, chromium-driver and python3-selenium. SamplePage draws a convolution made here.
RealPage draws what the program writes: the page in the environment variable CNN_PAGE, else what build/bin/cnn makes of
a short run on OpenCV's digits. Without program or digits RealPage is skipped, and fails where CI is "true".
"""
import json
import os
import pathlib
import random
import struct
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from page_case import PageCase, page_of, run_program


def to_float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


class Conv:
    """A convolution of the page's JSON, computed here in float64 from float32 numbers."""

    def __init__(self, layer):
        self.layer = layer
        self.shapes = {part: layer[part]["shape"] for part in ("weight", "input", "output")}
        self.numbers = {part: [to_float32(v) for v in layer[part]["values"]] for part in ("weight", "input", "output", "bias")}

    def at(self, image, channel, y, x):
        _, channels, height, width = self.shapes["input"]
        _, _, kernel_h, kernel_w = self.shapes["weight"]
        total = self.numbers["bias"][channel]
        for c in range(channels):
            for i in range(kernel_h):
                for j in range(kernel_w):
                    row = y * self.layer["stride"] - self.layer["padding"] + i
                    column = x * self.layer["stride"] - self.layer["padding"] + j
                    if 0 <= row < height and 0 <= column < width:
                        total += (self.numbers["input"][((image * channels + c) * height + row) * width + column]
                                  * self.numbers["weight"][((channel * channels + c) * kernel_h + i) * kernel_w + j])
        return total

    def value(self, image, channel, y, x):
        _, channels, height, width = self.shapes["output"]
        return self.numbers["output"][((image * channels + channel) * height + y) * width + x]


def sample_data():
    """Two images through two convolutions, the second with more channels than are written out."""
    rng = random.Random(4)

    def tensor(*shape):
        count = 1
        for side in shape:
            count *= side
        return {"shape": list(shape), "values": [to_float32(rng.gauss(0, 1)) for _ in range(count)]}

    layers = []
    for name, channels, side, kernel, stride, padding in (("first", 1, 9, 3, 2, 1), ("second", 20, 5, 2, 1, 0)):
        out = (side + 2 * padding - kernel) // stride + 1
        layer = {"name": name, "text": f"conv 3 {kernel}x{kernel} <b>", "stride": stride, "padding": padding,
                 "weight": tensor(3, channels, kernel, kernel), "bias": tensor(3), "input": tensor(2, channels, side, side),
                 "output": tensor(2, 3, out, out)}
        conv = Conv(layer)
        layer["output"]["values"] = [conv.at(p, c, y, x) for p in range(2) for c in range(3) for y in range(out)
                                     for x in range(out)]
        layers.append(layer)
    return {"images": ["one", "two"], "layers": layers}


class Page(PageCase):
    """The tests of every page."""

    def setUp(self):
        super().setUp()
        self.data = json.loads(self.driver.execute_script("return document.getElementById('conv-data').textContent"))
        self.convs = [Conv(layer) for layer in self.data["layers"]]

    def panel(self, name):
        return self.find("#conv-panel").get_attribute(f"data-{name}")

    def place(self):
        return tuple(int(self.panel(name)) for name in ("image", "channel", "y", "x"))

    def choose(self, key, index):
        Select(self.find(f"#conv-{key}")).select_by_index(index)

    def point_at(self, y, x, conv):
        """Moves the pointer to an output pixel."""
        canvas = self.find("#conv-output")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", canvas)
        _, _, height, width = conv.shapes["output"]
        size = canvas.size
        ActionChains(self.driver, duration=0).move_to_element_with_offset(
            canvas, int((x + 0.5) / width * size["width"] - size["width"] / 2),
            int((y + 0.5) / height * size["height"] - size["height"] / 2)).perform()

    def assert_sum_is_the_value(self, conv):
        place = self.place()
        total, value = float(self.panel("sum")), float(self.panel("value"))
        self.assertEqual(value, conv.value(*place))
        self.assertAlmostEqual(total, conv.at(*place), delta=1e-9 * max(1, abs(total)))
        self.assertLessEqual(float(self.panel("fraction")), 1e-6)
        self.assertLessEqual(abs(total - value), 1e-4 * max(1, abs(value)))

    def test_pointing_at_a_pixel_shows_patch_kernel_and_sum(self):
        for number, conv in enumerate(self.convs):
            self.choose("layer", number)
            _, channels, height, width = conv.shapes["output"]
            for channel, y, x in ((0, 0, 0), (channels - 1, height - 1, width - 1), (channels // 2, height // 2, 0)):
                with self.subTest(layer=number, channel=channel, y=y, x=x):
                    self.choose("channel", channel)
                    self.point_at(y, x, conv)
                    self.assertEqual(self.place(), (0, channel, y, x))
                    self.assert_sum_is_the_value(conv)
                    self.assertIn("✓", self.find("#conv-panel").text)

    def test_the_written_numbers_are_those_of_patch_and_kernel(self):
        conv = self.convs[0]
        channels, kernel_h, kernel_w = conv.shapes["weight"][1:]
        grids = self.find_all(".conv-grid")
        self.assertEqual(len(grids), 3 * min(channels, 16))
        self.assertEqual(len(grids[0].find_elements(By.TAG_NAME, "td")), kernel_h * kernel_w)
        self.assertEqual(int(self.panel("products")), channels * kernel_h * kernel_w)

    def test_arrow_keys_move_from_pixel_to_pixel(self):
        conv = self.convs[0]
        self.driver.execute_script("document.getElementById('conv-output').focus()")
        image, channel, y, x = self.place()
        for key, to in ((Keys.ARROW_RIGHT, (y, x + 1)), (Keys.ARROW_DOWN, (y + 1, x + 1)), (Keys.ARROW_LEFT, (y + 1, x)),
                        (Keys.ARROW_UP, (y, x))):
            ActionChains(self.driver).send_keys(key).perform()
            self.assertEqual(self.place(), (image, channel, *to))
            self.assert_sum_is_the_value(conv)
        for _ in range(conv.shapes["output"][2] + 1):
            ActionChains(self.driver).send_keys(Keys.ARROW_UP).perform()
        self.assertEqual(self.place(), (image, channel, 0, x))  # the edge holds
        self.assertIn(f"row 0, column {x}", self.find("#conv-output").get_attribute("aria-label"))

    def test_another_image_has_other_numbers(self):
        self.assertGreaterEqual(len(self.data["images"]), 2)
        self.choose("image", 1)
        self.assertEqual(self.panel("image"), "1")
        self.assert_sum_is_the_value(self.convs[0])

    def test_the_language_switch_shows_one_language_at_a_time(self):
        for chosen, other in (("zh", "en"), ("en", "zh")):
            self.assert_one_language(chosen, other, "conv", at_least=8)
            self.assertIn({"zh": "卷积核", "en": "kernel"}[chosen], self.find("#conv-panel").text)


class SamplePage(Page, unittest.TestCase):
    @classmethod
    def write_page(cls, folder):
        path = folder / "explain.html"
        path.write_text(page_of("cnn", "conv", sample_data()), encoding="utf-8")
        return path

    def test_channels_that_are_not_written_out_are_one_number(self):
        self.choose("layer", 1)
        self.assertIn("the other 4 channels together", self.find("#conv-panel").text)
        self.assertIn("Channels 0 to 15 of 20", self.find("#conv").text)


class RealPage(Page, unittest.TestCase):
    """What the program writes."""

    @classmethod
    def write_page(cls, folder):
        if "CNN_PAGE" in os.environ:
            return pathlib.Path(os.environ["CNN_PAGE"])
        config = folder / "digits.json"
        config.write_text(json.dumps({
            "name": "digits", "data": {"name": "digits", "batch_size": 64}, "train": {"epochs": 1},
            "model": {"name": "layers", "layers": ["conv 6 3x3 padding 1", "act relu", "pool max 2x2", "conv 8 3x3", "act relu",
                                                    "pool average all", "linear classes"]}}), encoding="utf-8")
        run = folder / "run"
        run_program("cnn", "train", "--config", config, "--run", run)
        run_program("cnn", "explain", "--run", run)
        return run / "explain.html"

    def test_the_page_has_its_sections(self):
        html = self.driver.page_source
        for words in ("Grad-CAM", "Completeness", "Do the maps depend on the weights?", "When the image moves",
                      "receptive field (pixels)", "While it learned", "Worst cases", "完备性"):
            self.assertIn(words, html)


if __name__ == "__main__":
    unittest.main()
