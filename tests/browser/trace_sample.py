"""Every number of one forward and backward pass of a small network, by torch's float64 and autograd: what the page of
`mlp explain --trace` draws, told by somebody who has never seen our program.

    trace_sample.py xor | tanh | norm | wide    the JSON of that network to standard output

xor 2-2-1 sigmoid, tanh 4-5-3, norm 4-5-3 with batch norm, wide 64-28-10 (2,110 parameters).
I inputs, U units of a layer, K classes. All tensors float64.
"""
import json
import sys

import torch

STEP = 1e-5
BEND = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
    "gelu": torch.nn.functional.gelu,
}
SLOPE = {  # the slope of an activation: its name, and its value from the activation's input z and output a
    "tanh": ("1 - a^2", lambda z, a: 1 - a * a),
    "sigmoid": ("a (1 - a)", lambda z, a: a * (1 - a)),
    "relu": ("1 if z > 0 else 0", lambda z, a: float(z > 0)),
}


def forward(net, bump=None):
    """All values of the pass by name, in its order; parameters come before what they make.
    net: "x" [I], "weights" by name, "activation", "output", "target". bump (name, index, h) adds h to one value."""
    values = {}

    def keep(name, tensor):
        if bump and bump[0] == name:
            tensor = tensor.clone()
            tensor.view(-1)[bump[1]] += bump[2]
        values[name] = tensor
        return tensor

    weights = net["weights"]
    layers = sum(name.endswith(".bias") for name in weights)
    a = keep("x", net["x"])
    for l in range(layers):
        w, b = (keep(f"layers.{l}.{part}", weights[f"layers.{l}.{part}"]) for part in ("weight", "bias"))
        z = keep(f"z{l}", w @ a + b)  # [U]
        if f"norms.{l}.scale" in weights:
            scale, shift = (keep(f"norms.{l}.{part}", weights[f"norms.{l}.{part}"]) for part in ("scale", "shift"))
            z = keep(f"n{l}", scale * z + shift)
        if l + 1 < layers:
            a = keep(f"a{l}", BEND[net["activation"]](z))
    one_unit = net["output"] == "sigmoid"
    p = keep("p", torch.cat([1 - torch.sigmoid(z), torch.sigmoid(z)]) if one_unit else torch.softmax(z, 0))  # [K]
    keep("loss", -torch.log(p[net["target"]]))
    return values


def autograd(net):
    """dL/d(value) by name, all values of forward()."""
    weights = {name: w.clone().requires_grad_() for name, w in net["weights"].items()}
    values = forward({**net, "x": net["x"].clone().requires_grad_(), "weights": weights})
    return dict(zip(values, torch.autograd.grad(values["loss"], list(values.values()))))


def centred_differences(net, name, count):
    def loss(index, h):
        return forward(net, (name, index, h))["loss"].item()

    return [(loss(i, STEP) - loss(i, -STEP)) / (2 * STEP) for i in range(count)]


def relative_error(a, n):
    return 0.0 if max(abs(a), abs(n)) < 1e-10 else abs(a - n) / max(abs(a), abs(n))


class Trace:
    """One trace on its way: the values, autograd's gradients, and the groups in their order."""

    def __init__(self, net):
        self.net, self.values, self.slopes = net, forward(net), autograd(net)
        self.layers = sum(name.endswith(".bias") for name in net["weights"])
        self.groups = []

    def value(self, name, index):
        return self.values[name].reshape(-1)[index].item()

    def term(self, *of):
        product = 1.0
        for name, index in of:
            product *= self.value(name, index)
        return {"of": [list(one) for one in of], "product": product}

    def gradient(self, name, index):
        value = self.slopes[name].reshape(-1)[index].item()
        shown = "dL/dloss" if name == "loss" else f"dL/d{name}[{index}]"
        return {"name": shown, "of": [name, index], "gradient": True, "value": value}

    def factor(self, name, index):
        shape, place = self.values[name].shape, str(index)
        if len(shape) == 2:
            place = f"{index // shape[1]},{index % shape[1]}"
        return {"name": f"{name}[{place}]", "of": [name, index], "gradient": False, "value": self.value(name, index)}

    def add(self, name, kind, layer=None, labels=None, chain=None, **forward_terms):
        tensor = self.values[name]
        group = {"name": name, "kind": kind, "shape": list(tensor.shape), "values": tensor.reshape(-1).tolist()}
        group.update({key: value for key, value in (("layer", layer), ("labels", labels)) if value is not None})
        group.update(forward_terms)
        if not name.startswith("norms."):
            group["gradients"] = self.slopes[name].reshape(-1).tolist()
            group["numeric"] = centred_differences(self.net, name, tensor.numel())
            group["relative_error"] = [relative_error(a, n) for a, n in zip(group["gradients"], group["numeric"])]
        if chain is not None:
            group["chain"] = [[chain_term(factors) for factors in terms] for terms in chain]
        self.groups.append(group)


def chain_term(factors):
    product = 1.0
    for factor in factors:
        product *= factor["value"]
    return {"factors": factors, "product": product}


def through_next_layer(trace, layer, count):
    """The chains of what feeds `layer`: one term a unit of that layer."""
    units, inputs = trace.values[f"layers.{layer}.weight"].shape
    return [[[trace.gradient(f"z{layer}", u), trace.factor(f"layers.{layer}.weight", u * inputs + i)]
             for u in range(units)] for i in range(count)]


def through_bend(trace, layer, before):
    """The chains of what an activation bends; before: its name, "z0" or "n0"."""
    name, slope = SLOPE[trace.net["activation"]]
    pairs = enumerate(zip(trace.values[before].tolist(), trace.values[f"a{layer}"].tolist()))
    return [[[trace.gradient(f"a{layer}", i), {"name": name, "value": slope(z, a)}]] for i, (z, a) in pairs]


def through_probabilities(trace, logits):
    """The chains of the logits: one term a class."""
    p = trace.values["p"].tolist()
    if trace.net["output"] == "sigmoid":
        return [[[trace.gradient("p", k), {"name": name, "value": sign * p[0] * p[1]}]
                 for k, sign, name in ((0, -1, "-p[0] p[1]"), (1, 1, "p[1] p[0]"))]]
    return [[[trace.gradient("p", k), {"name": f"p[{k}] (1 - p[{k}])", "value": p[k] * (1 - p[k])} if k == j else
              {"name": f"-p[{k}] p[{j}]", "value": -p[k] * p[j]}] for k in range(len(p))] for j in range(len(logits))]


def add_layer(trace, l, source):
    """Weight, bias, sum, norm and activation of layer l; source: the name of what feeds it."""
    weight, bias, z, n, a = f"layers.{l}.weight", f"layers.{l}.bias", f"z{l}", f"n{l}", f"a{l}"
    (units, inputs), last = trace.values[weight].shape, l + 1 == trace.layers
    trace.add(weight, "weight", l, chain=[[[trace.gradient(z, u), trace.factor(source, i)]]
                                          for u in range(units) for i in range(inputs)])
    trace.add(bias, "bias", l, chain=[[[trace.gradient(z, u)]] for u in range(units)])
    terms = [[trace.term((weight, u * inputs + i), (source, i)) for i in range(inputs)] + [trace.term((bias, u))]
             for u in range(units)]
    bent = z
    if n in trace.values:
        scale, shift, bent = f"norms.{l}.scale", f"norms.{l}.shift", n
        trace.add(z, "sum", l, made_by=terms, chain=[[[trace.gradient(n, u), trace.factor(scale, u)]]
                                                     for u in range(units)])
        trace.add(scale, "weight", l)
        trace.add(shift, "weight", l)
        trace.add(n, "normalised", l, chain=through_bend(trace, l, n),
                  made_by=[[trace.term((scale, u), (z, u)), trace.term((shift, u))] for u in range(units)])
    else:
        classes = trace.net["classes"] if last and units == len(trace.net["classes"]) else None
        chain = through_probabilities(trace, trace.values[z]) if last else through_bend(trace, l, z)
        trace.add(z, "sum", l, labels=classes, made_by=terms, chain=chain)
    if not last:
        trace.add(a, "activation", l, chain=through_next_layer(trace, l + 1, units),
                  formula=[f"{trace.net['activation']}({trace.value(bent, u):.4f})" for u in range(units)],
                  sources=[[[bent, u]] for u in range(units)])


def add_end(trace):
    """The probabilities and the loss."""
    z, t = f"z{trace.layers - 1}", trace.net["target"]
    logits, p = trace.values[z].tolist(), trace.values["p"].tolist()
    if trace.net["output"] == "sigmoid":
        formula = [f"1 - 1 / (1 + exp({-logits[0]:.4f}))", f"1 / (1 + exp({-logits[0]:.4f}))"]
    else:
        powers = [f"exp({z:.4f})" for z in logits]
        formula = [f"{power} / ({' + '.join(powers)})" for power in powers]
    slopes = [{"name": f"-1 / p[{t}]", "value": -1 / p[t]} if k == t else {"name": "not the target: 0", "value": 0.0}
              for k in range(len(p))]
    trace.add("p", "probability", labels=trace.net["classes"], formula=formula,
              sources=[[[z, j] for j in range(len(logits))]] * len(p),
              chain=[[[trace.gradient("loss", 0), slope]] for slope in slopes])
    trace.add("loss", "loss", formula=[f"-ln({p[t]:.4f})"], sources=[[["p", t]]])


def trace_of(net):
    """The JSON of one pass of `net`, as a dict."""
    trace = Trace(net)
    weight, z = trace.values["layers.0.weight"], "z0"
    trace.add("x", "input", labels=net["columns"], chain=through_next_layer(trace, 0, weight.shape[1]))
    for l in range(trace.layers):
        add_layer(trace, l, f"a{l - 1}" if l > 0 else "x")
    add_end(trace)
    return {"app": "mlp", "run": "runs/mlp/sample", "sample": 7, "split": "test", "classes": net["classes"],
            "target": net["target"], "prediction": int(trace.values["p"].argmax()), "activation": net["activation"],
            "output": net["output"], "loss": trace.values["loss"].item(), "step": STEP, "groups": trace.groups}


def xor_net():
    numbers = {"layers.0.weight": [[5.1, -4.7], [-5.3, 4.9]], "layers.0.bias": [-2.6, -2.4],
               "layers.1.weight": [[6.2, 6.4]], "layers.1.bias": [-3.1]}
    return {"x": torch.tensor([0.93, 0.08], dtype=torch.float64), "columns": ["x1", "x2"], "classes": ["0", "1"],
            "target": 1, "activation": "sigmoid", "output": "sigmoid",
            "weights": {name: torch.tensor(values, dtype=torch.float64) for name, values in numbers.items()}}


def random_net(sizes, columns, classes, norm=False):
    def numbers(*shape):
        return torch.randn(*shape, dtype=torch.float64)

    weights = {}
    for l, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
        weights[f"layers.{l}.weight"] = numbers(units, inputs) / inputs**0.5
        weights[f"layers.{l}.bias"] = numbers(units) / 3
        if norm and l + 2 < len(sizes):
            weights[f"norms.{l}.scale"], weights[f"norms.{l}.shift"] = numbers(units).abs() + 0.5, numbers(units) / 2
    return {"x": numbers(sizes[0]), "columns": columns, "classes": classes, "target": 1, "activation": "tanh",
            "output": "softmax", "weights": weights}


def sample(name):
    """The trace of the network called `name`; see the top of the file."""
    torch.manual_seed(3)
    if name == "xor":
        return trace_of(xor_net())
    if name == "wide":
        return trace_of(random_net([64, 28, 10], None, [str(digit) for digit in range(10)]))
    columns = ["sepal length", "sepal width", "petal length", "petal width"]
    return trace_of(random_net([4, 5, 3], columns, ["setosa", "versicolor", "virginica"], norm=name == "norm"))


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("xor", "tanh", "norm", "wide"):
        sys.exit(__doc__)
    json.dump(sample(sys.argv[1]), sys.stdout)
