"""The page of `mlp explain --trace` in headless Chromium: what pointing and keys show, against autograd.

    /usr/bin/python3 tests/browser/trace_page_test.py [TEST...]

Wants the Debian packages chromium, chromium-driver and python3-selenium. XorPage, TanhPage, NormPage and WidePage draw
the networks of trace_sample.py; RealPage draws what the program writes: the page in the environment variable TRACE_PAGE
with the trace.json beside it, else what build/bin/mlp makes of configs/mlp/xor.json. Without a program RealPage is
skipped, and fails where CI is "true".
"""
import json
import math
import os
import pathlib
import unittest

import torch
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import trace_sample
from page_case import ROOT, PageCase, page_of, run_program


def reference(trace):
    """Autograd's gradients by name, from nothing but the values of x and the parameters."""
    def tensor(group):
        return torch.tensor(group["values"], dtype=torch.float64).reshape(group["shape"])

    weights = {g["name"]: tensor(g) for g in trace["groups"] if g["name"].split(".")[0] in ("layers", "norms")}
    net = {"x": tensor(trace["groups"][0]), "weights": weights}
    net.update({key: trace[key] for key in ("activation", "output", "target")})
    return {name: slope.reshape(-1).tolist() for name, slope in trace_sample.autograd(net).items()}


class Numbers(PageCase):
    """The tests of every page, large or small. A subclass's trace_of(page) gives the page's JSON."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trace = cls.trace_of(cls.path)
        cls.groups = {group["name"]: group for group in cls.trace["groups"]}
        cls.gradients = reference(cls.trace)

    def cell(self, name, index):
        return self.find(f"td[data-group='{name}'][data-index='{index}']")

    def point_at(self, name, index):
        cell = self.cell(name, index)
        where = "{block: 'center', inline: 'center', behavior: 'instant'}"
        self.driver.execute_script(f"arguments[0].scrollIntoView({where})", cell)
        ActionChains(self.driver, duration=0).move_to_element(cell).perform()

    def press(self, *keys):
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def panel(self, name):
        """A number of the panel; None where the panel has none."""
        text = self.find("#trace-panel").get_attribute(f"data-{name}")
        return None if text is None else float(text)

    def shown(self):
        return self.find("#trace-panel").get_attribute("data-name")

    def assert_panel_tells(self, name, index):
        """The numbers of the panel are those of the JSON, and its sums are right."""
        group = self.groups[name]
        self.assertEqual(self.panel("value"), group["values"][index])
        self.assertEqual(self.panel("sum") is not None, "made_by" in group)
        if "made_by" in group:
            self.assertAlmostEqual(self.panel("sum"), group["values"][index], delta=1e-12)
        if "gradients" not in group:
            self.assertIsNone(self.panel("gradient"))
            return
        self.assertEqual(self.panel("gradient"), group["gradients"][index])
        # The program and torch add in their own orders.
        self.assertAlmostEqual(self.panel("gradient"), self.gradients[name][index], delta=1e-10)
        for shown, key in (("numeric", "numeric"), ("relative-error", "relative_error")):
            self.assertEqual(self.panel(shown), group[key][index] if key in group else None)
        self.assertEqual(self.panel("chain-sum") is not None, "chain" in group)
        if "chain" in group:
            self.assertAlmostEqual(self.panel("chain-sum"), group["gradients"][index], delta=1e-12)

    def test_pointing_at_a_number_of_each_group_shows_its_arithmetic(self):
        for name, group in self.groups.items():
            for index in {0, len(group["values"]) - 1}:
                with self.subTest(name=name, index=index):
                    self.point_at(name, index)
                    self.assertTrue(self.shown().startswith(name))
                    self.assert_panel_tells(name, index)

    def test_the_terms_of_a_sum_are_written_out(self):
        self.point_at("z0", 0)
        texts = [e.get_attribute("textContent") for e in self.find_all(".trace-value .trace-factor")]
        inputs = self.groups["layers.0.weight"]["shape"][1]
        self.assertEqual(len(texts), 2 * inputs + 1)
        self.assertIn("layers.0.weight[0,0]", " ".join(texts))
        self.assertIn("layers.0.bias[0]", " ".join(texts))
        values = [float(e.get_attribute("value")) for e in self.find_all(".trace-value .trace-factor data")]
        pairs = [values[i] * values[i + 1] for i in range(0, 2 * inputs, 2)]
        self.assertAlmostEqual(math.fsum(pairs + values[-1:]), self.groups["z0"]["values"][0], delta=1e-12)

    def test_arrow_keys_go_through_a_group_and_on_to_the_next(self):
        stops = self.find_all("td[tabindex='0']")
        self.assertEqual(len(stops), 1)
        self.driver.execute_script("arguments[0].focus()", self.find("[data-set-mode='errors']"))
        self.press(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element, stops[0])
        self.assertEqual(self.shown(), "x[0]")
        self.press(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("id"), "trace-panel")
        ActionChains(self.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
        for key, name in ((Keys.ARROW_RIGHT, "x[1]"), (Keys.ARROW_DOWN, "layers.0.weight[0,1]"),
                          (Keys.ARROW_DOWN, "layers.0.weight[1,1]"), (Keys.ARROW_LEFT, "layers.0.weight[1,0]"),
                          (Keys.HOME, "layers.0.weight[0,0]"), (Keys.ARROW_UP, "x[0]"), (Keys.ARROW_LEFT, "x[0]")):
            self.press(key)
            self.assertEqual(self.shown(), name)
        self.assert_panel_tells("x", 0)
        self.press(Keys.END, Keys.ARROW_RIGHT, Keys.END, Keys.ARROW_RIGHT)  # past the weights
        self.assertEqual(self.shown(), f"layers.0.bias[{self.groups['z0']['shape'][0] - 1}]")
        self.assertEqual(len(self.find_all("td[tabindex='0']")), 1)
        self.press(Keys.ESCAPE)
        self.assertEqual(self.driver.switch_to.active_element.tag_name, "button")

    def test_every_cell_has_a_name_and_a_number(self):
        names = self.driver.execute_script(
            "return Array.from(document.querySelectorAll('td[data-group]'), (cell) => cell.getAttribute('aria-label'))")
        self.assertEqual(len(names), sum(len(group["values"]) for group in self.groups.values()))
        self.assertEqual(len(set(name.split(" ")[0] for name in names)), len(names))
        for name in names:
            self.assertRegex(name, r"^\S+( \(.+\))? = \u2212?[0-9]")
        self.assertTrue(self.cell("z0", 0).accessible_name.startswith("z0[0] = "))
        self.assertEqual(self.cell("z0", 0).aria_role, "gridcell")
        self.assertEqual(self.find("table[role='grid']").accessible_name, "input x Values")

    def test_layers_are_headed_as_on_the_rest_of_the_page_and_by_their_names(self):
        def headings(language):
            return [e.get_attribute("textContent") for e in self.find_all(f".trace-stage h3 [lang='{language}']")]

        last = sum(name.endswith(".bias") for name in self.groups) - 1
        self.assertEqual(headings("en"), ["Input", *(f"Layer {l + 1} (layers.{l})" for l in range(last)),
                                          f"Output layer (layers.{last})", "Answer and loss"])
        self.assertEqual(headings("zh"), ["输入", *(f"第 {l + 1} 层（layers.{l}）" for l in range(last)),
                                          f"输出层（layers.{last}）", "答案与损失"])

    def test_errors_are_coloured_by_their_size(self):
        self.find("[data-set-mode='errors']").click()
        looks = self.driver.execute_script(
            "return Array.from(document.querySelectorAll('td[data-group]'), "
            "(cell) => [cell.dataset.group, Number(cell.dataset.index), cell.classList[0]])")
        for name, index, look in looks:
            error = self.groups[name].get("relative_error", [None] * (index + 1))[index]
            want = "none" if error is None else "good" if error <= 1e-7 else "doubtful" if error <= 1e-4 else "wrong"
            self.assertEqual(look, f"trace-{want}", f"{name}[{index}], relative error {error}")


class Reading(Numbers):
    """What a reader does to a page and sees of it."""

    def test_sources_are_outlined_those_of_the_gradient_when_gradients_are_shown(self):
        def outlined():
            return {e.get_attribute("data-group") for e in self.find_all(".trace-source")}

        self.point_at("z0", 0)
        self.assertEqual(outlined(), {"x", "layers.0.weight", "layers.0.bias"})
        self.press("g")
        after = [f["of"][0] for term in self.groups["z0"]["chain"][0] for f in term["factors"] if "of" in f]
        self.assertEqual(outlined(), set(after))

    def test_the_switch_changes_what_the_cells_show(self):
        cell = self.cell("layers.0.weight", 0)
        group = self.groups["layers.0.weight"]
        for key, button, numbers in (("g", "gradients", group["gradients"]), ("e", "errors", group["relative_error"]),
                                     ("v", "values", group["values"])):
            self.find(f"[data-set-mode='{'values' if key == 'g' else 'gradients'}']").click()
            self.press(key)
            self.assertEqual(self.find("[aria-pressed='true']").get_attribute("data-set-mode"), button)
            seen = float(cell.text.replace("\u2212", "-"))
            self.assertLessEqual(abs(seen - numbers[0]), 0.051 * abs(numbers[0]))  # 3 digits, 2 of an error
            self.find(f"[data-set-mode='{button}']").click()
            self.assertEqual(float(cell.text.replace("\u2212", "-")), seen)

    def test_a_click_holds_the_panel_and_another_lets_go(self):
        self.point_at("z0", 0)
        ActionChains(self.driver, duration=0).click().perform()
        self.point_at("loss", 0)
        self.assertEqual(self.shown(), "z0[0]")
        self.point_at("z0", 0)
        ActionChains(self.driver, duration=0).click().perform()
        self.point_at("loss", 0)
        self.assertEqual(self.shown(), "loss")

    def test_the_language_switch_shows_one_language_at_a_time(self):
        self.point_at("z0", 0)
        for chosen, other in (("zh", "en"), ("en", "zh")):
            self.assert_one_language(chosen, other, "trace", at_least=20)
            self.assertIn({"zh": "各项之和", "en": "sum of the terms"}[chosen], self.find("#trace-panel").text)


class Sample:
    """A page around a network of trace_sample.py."""

    @classmethod
    def write_page(cls, folder):
        path = folder / "explain.html"
        path.write_text(page_of("mlp", "trace", trace_sample.sample(cls.network)), encoding="utf-8")
        return path

    @classmethod
    def trace_of(cls, _page):
        return json.loads(json.dumps(trace_sample.sample(cls.network)))


class XorPage(Sample, Reading, unittest.TestCase):
    network = "xor"


class TanhPage(Sample, Numbers, unittest.TestCase):
    network = "tanh"


class NormPage(Sample, Reading, unittest.TestCase):
    network = "norm"


class WidePage(Sample, Numbers, unittest.TestCase):
    network = "wide"


class RealPage(Reading, unittest.TestCase):
    """What the program writes."""

    @classmethod
    def write_page(cls, folder):
        if "TRACE_PAGE" in os.environ:
            return pathlib.Path(os.environ["TRACE_PAGE"])
        run = folder / "run"
        run_program("mlp", "train", "--config", ROOT / "configs/mlp/xor.json", "--run", run, "--set", "model.hidden=[2]")
        run_program("mlp", "explain", "--run", run, "--trace", "0")
        return run / "explain.html"

    @staticmethod
    def trace_of(page):
        return json.loads((page.parent / "trace.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
