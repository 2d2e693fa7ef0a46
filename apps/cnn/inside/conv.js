// Shows how one output pixel of a convolution is made: patch, kernel, products, sum. Reads the JSON in #conv-data, writes
// into #conv. All text stands there in both languages; the page's style hides one of them.
"use strict";
(() => {
  const { make, both, short, WORDS, HELP, shownChannels, channelTitle, restTitle, agreement } = convText;
  const data = JSON.parse(document.getElementById("conv-data").textContent);
  const root = document.getElementById("conv");
  const MOST = 16;  // input channels that are drawn, and that are written out
  const LARGE = 336, GRID = { 1: 336, 4: 164, 16: 78 };  // pixels of a canvas on the page
  const layers = data.layers.map((layer) => ({
    ...layer,
    // The numbers are written as floats: a double that is not rounded to one would be another number.
    ...Object.fromEntries(["weight", "bias", "input", "output"].map((part) =>
      [part, { shape: layer[part].shape, values: Float32Array.from(layer[part].values) }])),
  }));
  const state = { image: 0, layer: 0, channel: 0, y: 0, x: 0 };

  // ---- the arithmetic ----

  // The patch and the kernel of one input channel, row by row, and the sum of their products in float64.
  function channelTerms(layer, channel) {
    const [, , kernelH, kernelW] = layer.weight.shape;
    const [, channels, height, width] = layer.input.shape;
    const top = state.y * layer.stride - layer.padding, left = state.x * layer.stride - layer.padding;
    const terms = { channel, patch: [], inside: [], kernel: [], products: [], sum: 0, size: 0 };
    for (let i = 0; i < kernelH; ++i) {
      for (let j = 0; j < kernelW; ++j) {
        const y = top + i, x = left + j;
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        const value = inside ? layer.input.values[((state.image * channels + channel) * height + y) * width + x] : 0;
        const weight = layer.weight.values[((state.channel * channels + channel) * kernelH + i) * kernelW + j];
        terms.patch.push(value);
        terms.inside.push(inside);
        terms.kernel.push(weight);
        terms.products.push(value * weight);
        terms.sum += value * weight;
        terms.size += Math.abs(value * weight);
      }
    }
    return terms;
  }

  function outputValue(layer) {
    const [, channels, height, width] = layer.output.shape;
    return layer.output.values[((state.image * channels + state.channel) * height + state.y) * width + state.x];
  }

  // ---- the drawing ----

  // One channel of one image as a canvas; grey from its lowest to its highest value.
  function paint(canvas, tensor, channel, side) {
    const [, channels, height, width] = tensor.shape;
    const begin = (state.image * channels + channel) * height * width;
    const values = tensor.values.subarray(begin, begin + height * width);
    let low = Infinity, high = -Infinity;
    for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
    const pixels = new ImageData(width, height);
    values.forEach((value, i) => {
      const grey = high > low ? 255 * (value - low) / (high - low) : 0;
      pixels.data.set([grey, grey, grey, 255], 4 * i);
    });
    const small = make("canvas", { width, height });
    small.getContext("2d").putImageData(pixels, 0, 0);
    const scale = side / Math.max(width, height);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
    return scale;
  }

  function frame(canvas, scale, x, y, width, height) {
    const context = canvas.getContext("2d");
    context.lineWidth = 2;
    context.strokeStyle = "#d55e00";
    context.strokeRect(x * scale, y * scale, width * scale, height * scale);
  }

  function drawInputs(layer) {
    const channels = layer.input.shape[1], shown = Math.min(channels, MOST);
    const side = GRID[shown === 1 ? 1 : shown <= 4 ? 4 : 16];
    const [, , kernelH, kernelW] = layer.weight.shape;
    const canvases = [];
    for (let c = 0; c < shown; ++c) {
      const canvas = make("canvas", { class: "conv-input" });
      const scale = paint(canvas, layer.input, c, side);
      frame(canvas, scale, state.x * layer.stride - layer.padding, state.y * layer.stride - layer.padding, kernelW, kernelH);
      canvases.push(canvas);
    }
    inputs.replaceChildren(...canvases);
    inputNote.replaceChildren(...(shown < channels ? shownChannels(shown, channels) : []));
  }

  function drawOutput(layer) {
    const scale = paint(output, layer.output, state.channel, LARGE);
    frame(output, scale, state.x, state.y, 1, 1);
    output.setAttribute("aria-label", `${layer.name}, channel ${state.channel}, row ${state.y}, column ${state.x}: ` +
      short(outputValue(layer), 5));
  }

  // ---- the panel ----

  function grid(title, values, columns, inside) {
    const largest = Math.max(...values.map(Math.abs), 1e-30);
    const rows = [];
    for (let i = 0; i < values.length; i += columns) {
      rows.push(make("tr", {}, values.slice(i, i + columns).map((value, j) => {
        const fraction = 0.6 * Math.abs(value) / largest;
        const style = `background: rgb(${value > 0 ? "var(--conv-plus)" : "var(--conv-minus)"} / ${fraction.toFixed(3)})`;
        const cell = make("td", { style }, short(value));
        if (inside && !inside[i + j]) cell.className = "conv-outside";
        return cell;
      })));
    }
    return make("table", { class: "conv-grid" }, make("caption", {}, both(...title)), make("tbody", {}, rows));
  }

  function channelBlock(layer, terms) {
    const columns = layer.weight.shape[3];
    return make("div", { class: "conv-channel" },
      make("h4", {}, channelTitle(terms.channel, terms.sum)),
      make("div", { class: "conv-product" }, grid(WORDS.patch, terms.patch, columns, terms.inside),
        make("span", {}, "×"), grid(WORDS.kernel, terms.kernel, columns), make("span", {}, "="),
        grid(WORDS.products, terms.products, columns)));
  }

  function line(words, number) {
    return make("tr", {}, make("th", { scope: "row" }, both(...words)), make("td", {}, String(number).replace(/-/g, "\u2212")));
  }

  function drawPanel(layer) {
    const all = layer.weight.shape[1] === 0 ? [] : Array.from({ length: layer.weight.shape[1] }, (_, c) => channelTerms(layer, c));
    const bias = layer.bias.values[state.channel], value = outputValue(layer);
    const sum = all.reduce((total, terms) => total + terms.sum, 0) + bias;
    const size = all.reduce((total, terms) => total + terms.size, 0) + Math.abs(bias);
    const written = [...all].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum)).slice(0, MOST);
    const rest = all.filter((terms) => !written.includes(terms));
    const fraction = size > 0 ? Math.abs(sum - value) / size : 0;
    panel.replaceChildren(
      make("p", { class: "conv-place" }, make("code", {}, `${layer.name}[${state.channel}, ${state.y}, ${state.x}]`)),
      make("table", { class: "conv-sum" }, make("tbody", {}, line(WORDS.bias, bias), line(WORDS.sum, sum), line(WORDS.value, value))),
      make("p", {}, agreement(sum - value, fraction)),
      ...written.map((terms) => channelBlock(layer, terms)));
    if (rest.length > 0) {
      panel.append(make("p", {}, restTitle(rest.length, rest.reduce((total, terms) => total + terms.sum, 0))));
    }
    Object.assign(panel.dataset, { layer: layer.name, image: state.image, channel: state.channel, y: state.y, x: state.x,
      bias, sum, value, fraction, products: all.length * all[0].products.length });
  }

  function draw() {
    const layer = layers[state.layer];
    drawInputs(layer);
    drawOutput(layer);
    drawPanel(layer);
  }

  // ---- what the reader does ----

  function clampPlace() {
    const [, channels, height, width] = layers[state.layer].output.shape;
    state.channel = Math.min(state.channel, channels - 1);
    state.y = Math.min(Math.max(state.y, 0), height - 1);
    state.x = Math.min(Math.max(state.x, 0), width - 1);
  }

  function choose(words, names, key, changed) {
    const select = make("select", { id: `conv-${key}` }, names.map((name, i) => make("option", { value: i }, name)));
    select.addEventListener("change", () => {
      state[key] = Number(select.value);
      changed();
      clampPlace();
      draw();
    });
    return [make("label", {}, make("span", {}, both(...words)), select), select];
  }

  function listChannels() {
    const count = layers[state.layer].output.shape[1];
    channelSelect.replaceChildren(...Array.from({ length: count }, (_, i) => make("option", { value: i }, String(i))));
    state.channel = Math.min(state.channel, count - 1);
    channelSelect.value = state.channel;
  }

  const nothing = () => {};
  const [imageLabel] = choose(WORDS.image, data.images, "image", nothing);
  const [layerLabel] = choose(WORDS.layer, layers.map((layer) => `${layer.name}: ${layer.text}`), "layer", () => {
    listChannels();
    const [, , height, width] = layers[state.layer].output.shape;
    state.y = Math.floor(height / 2);
    state.x = Math.floor(width / 2);
  });
  const [channelLabel, channelSelect] = choose(WORDS.channel, [], "channel", nothing);
  const inputs = make("div", { class: "conv-inputs" }), inputNote = make("p", { class: "conv-note" });
  const output = make("canvas", { id: "conv-output", tabindex: 0, role: "img" });
  const panel = make("div", { id: "conv-panel", "aria-live": "polite" });

  output.addEventListener("mousemove", (event) => {
    const box = output.getBoundingClientRect();
    const [, , height, width] = layers[state.layer].output.shape;
    state.x = Math.floor((event.clientX - box.left) / box.width * width);
    state.y = Math.floor((event.clientY - box.top) / box.height * height);
    clampPlace();
    draw();
  });
  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  output.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    state.y += move[0];
    state.x += move[1];
    clampPlace();
    draw();
  });

  root.append(
    make("p", {}, both(...HELP)),
    make("div", { class: "conv-bar" }, imageLabel, layerLabel, channelLabel),
    make("div", { class: "conv-body" },
      make("div", {}, make("h3", {}, both(...WORDS.input)), inputs, inputNote),
      make("div", {}, make("h3", {}, both(...WORDS.output)), output)),
    panel);
  listChannels();
  const [, , height, width] = layers[0].output.shape;
  state.y = Math.floor(height / 2);
  state.x = Math.floor(width / 2);
  draw();
})();
