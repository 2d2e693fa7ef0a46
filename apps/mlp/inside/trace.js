// Draws one forward and backward pass of a small network and tells, of the number under the pointer, the exact
// arithmetic behind it. Reads the JSON in #trace-data, writes into #trace. All text stands there in both languages;
// the page's style hides one of them.
"use strict";
(() => {
  const trace = JSON.parse(document.getElementById("trace-data").textContent);
  const root = document.getElementById("trace");
  const groups = trace.groups;
  const groupCalled = new Map(groups.map((group) => [group.name, group]));
  const cellsOf = new Map();  // name of a group -> its cells, row by row
  let mode = "values";        // or "gradients", "errors"
  let shown = null;           // the cell the panel tells about
  let pinned = false;         // by a click: the pointer no longer changes the panel

  const { KINDS, MODES, VERDICTS, kindOf, stageHeading, make, both, short, full, labelOf, nameOf, gradientName, verdict,
    summary, help } = traceText;
  const SIGNS = { bias: "+", sum: "=", scale: "×", shift: "+", normalised: "=", activation: "→", loss: "→" };

  // ---- the drawing ----

  // How a group is laid out: a weight as it is, vectors inside a layer as columns, the others as rows.
  function gridSize(group) {
    if (group.shape.length === 2) return group.shape;
    const count = group.values.length;
    return group.layer === undefined ? [1, count] : [count, 1];
  }

  function makeCell(group, index) {
    const cell = make("td", { role: "gridcell", tabindex: -1, "data-group": group.name, "data-index": index });
    cellsOf.get(group.name).push(cell);
    return cell;
  }

  function headingCell(text, scope) {
    return make("th", { scope, title: text }, text);
  }

  // columnNames, rowNames: what stands at the edges, or null.
  function makeGrid(group, columnNames, rowNames) {
    const [rows, columns] = gridSize(group);
    const table = make("table", { role: "grid", "aria-labelledby": `trace-title-${group.name} trace-mode` });
    if (columnNames) {
      const corner = rowNames ? [make("td", {})] : [];
      table.append(make("tr", { role: "row" }, corner, columnNames.map((name) => headingCell(name, "col"))));
    }
    for (let row = 0; row < rows; ++row) {
      const line = make("tr", { role: "row" }, rowNames ? [headingCell(rowNames[row], "row")] : []);
      for (let column = 0; column < columns; ++column) line.append(makeCell(group, row * columns + column));
      table.append(line);
    }
    return table;
  }

  function entryNames(group) {
    return group.values.map((_, index) => labelOf(group, index) || nameOf(group, index));
  }

  // feeder: the group whose numbers a weight multiplies.
  function makeGroup(group, feeder) {
    cellsOf.set(group.name, []);
    const kind = kindOf(group);
    const isGrid = group.shape.length === 2;
    const isRow = group.layer === undefined && group.shape.length === 1;
    const columnNames = isGrid ? entryNames(feeder) : isRow ? entryNames(group) : null;
    let rowNames = null;
    if (isGrid) rowNames = Array.from({ length: group.shape[0] }, (_, unit) => String(unit));
    if (!isGrid && !isRow && group.labels) rowNames = group.labels;
    const title = make("div", { class: "trace-title", id: `trace-title-${group.name}`, title: group.name },
      make("b", {}, both(KINDS[kind][0], KINDS[kind][1])), " ");
    if (!group.name.includes(".") && group.name !== kind) title.append(make("code", {}, group.name));
    const shape = isGrid ? "trace-matrix" : isRow ? "trace-row" : "trace-column";
    const block = make("div", { class: `trace-group ${shape}` }, title,
      make("div", { class: "trace-scroll", tabindex: -1 }, makeGrid(group, columnNames, rowNames)));
    if (SIGNS[kind]) block.setAttribute("data-sign", SIGNS[kind]);
    block.style.setProperty("--columns", gridSize(group)[1]);
    return block;
  }

  // One box a layer, with the input before and the answer after.
  function makeDrawing() {
    const drawing = make("div", { class: "trace-drawing" });
    let stage = null, stageOf = null, feeder = null;
    for (const group of groups) {
      const place = group.layer === undefined && group.kind !== "input" ? "end" : group.layer;
      if (!stage || place !== stageOf) {
        stage = make("div", { class: "trace-flow", tabindex: -1 });  // no tab stop: the arrow keys scroll it
        stageOf = place;
        drawing.append(make("div", { class: "trace-stage" }, make("h3", {}, stageHeading(group, groups)), stage));
      }
      stage.append(makeGroup(group, feeder));
      if (group.kind === "input" || group.kind === "activation") feeder = group;
    }
    return drawing;
  }

  function lookOf(number) {
    if (typeof number !== "number") return "none";
    if (mode === "errors") return verdict(number);
    return mode === "gradients" ? "gradient" : number < 0 ? "negative" : "positive";
  }

  function paintCell(cell, group, index, numbers, largest) {
    const number = numbers ? numbers[index] : undefined;
    cell.className = `trace-${lookOf(number)}`;
    cell.style.setProperty("--strength", Math.abs(number) / largest || 0);  // 0 where there is no number, or all are 0
    const name = mode === "values" ? nameOf(group, index) : gradientName(group, index);
    const label = labelOf(group, index) ? ` (${labelOf(group, index)})` : "";
    cell.textContent = short(number, mode === "errors" ? 2 : 3);
    cell.setAttribute("aria-label", `${name}${label} ${mode === "errors" ? ":" : "="} ${cell.textContent}`);
  }

  function setMode(next) {
    mode = next;
    root.dataset.mode = mode;
    for (const button of root.querySelectorAll("[data-set-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setMode === mode));
    }
    document.getElementById("trace-mode").replaceChildren(...both(MODES[mode][0], MODES[mode][1]));
    for (const group of groups) {
      const numbers = { values: group.values, gradients: group.gradients, errors: group.relative_error }[mode];
      const largest = numbers ? numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0) : 0;
      cellsOf.get(group.name).forEach((cell, index) => paintCell(cell, group, index, numbers, largest));
    }
    if (shown) outlineSources();
  }

  // ---- the panel: where a number comes from ----

  function factorCalled(name, index) {
    const group = groupCalled.get(name);
    return { name: nameOf(group, index), label: labelOf(group, index), value: group.values[index] };
  }

  // Factors {name, value, label} of a term of a sum or of a chain.
  function factorsOf(term) {
    if (!term.factors) return term.of.map((source) => factorCalled(...source));
    return term.factors.map((factor) => {
      if (!factor.of) return factor;  // a local slope
      const named = factorCalled(...factor.of);
      return factor.gradient ? { name: `dL/d${named.name}`, value: factor.value } : { ...named, value: factor.value };
    });
  }

  // The page multiplies and adds for itself; the program's products are not used.
  function productOf(factors) {
    return factors.reduce((product, factor) => product * factor.value, 1);
  }

  function sumOf(terms) {
    return terms.reduce((sum, term) => sum + productOf(factorsOf(term)), 0);
  }

  function factorElement(factor) {
    const name = factor.label ? `${factor.name} ${factor.label}` : factor.name;
    const breakable = name.split(/(?<=\.)/).flatMap((part) => [part, make("wbr", {})]);  // "layers.0." "weight[1,0]"
    return make("span", { class: "trace-factor" },
      make("data", { value: factor.value, title: factor.value }, short(factor.value, 6)), make("small", {}, breakable));
  }

  function termRow(term) {
    const factors = factorsOf(term);
    const left = factors.flatMap((factor, i) => [...(i > 0 ? [make("i", {}, "×")] : []), factorElement(factor)]);
    const product = productOf(factors);
    return make("tr", {}, make("td", {}, make("div", { class: "trace-factors" }, left)), make("td", {}, "="),
      make("td", { class: "trace-product" }, make("data", { value: product, title: product }, short(product, 6))));
  }

  function termTable(terms) {
    return make("div", { class: "trace-terms" }, make("table", {}, make("tbody", {}, terms.map(termRow))));
  }

  function totals(...rows) {
    return make("dl", { class: "trace-totals" }, rows.flatMap(([words, number]) => [
      make("dt", {}, words), make("dd", {}, full(number))]));
  }

  function valuePart(group, index) {
    const kind = KINDS[kindOf(group)];
    const value = group.values[index];
    const part = make("section", { class: "trace-value" }, heading(nameOf(group, index), value),
      make("p", {}, both(kind[2], kind[3])));
    if (group.made_by) {
      const terms = group.made_by[index];
      part.append(termTable(terms), totals([both("sum of the terms", "各项之和"), sumOf(terms)],
        [both("in the network", "网络里的值"), value], [both("difference", "相差"), sumOf(terms) - value]));
    } else if (group.formula) {
      part.append(make("div", { class: "trace-formula" }, `${group.formula[index]} = ${short(value, 6)}`),
        make("div", { class: "trace-sources" }, factorsOf({ of: group.sources[index] }).map(factorElement)));
    }
    if (!group.made_by) part.append(totals([both("in the network", "网络里的值"), value]));
    return part;
  }

  function heading(name, number) {
    return make("h3", {}, make("code", {}, `${name} =`), make("span", { title: number }, short(number, 6)));
  }

  function gradientPart(group, index) {
    const gradient = group.gradients[index];
    const part = make("section", { class: "trace-slope" }, heading(gradientName(group, index), gradient),
      make("p", {}, both("How fast the loss grows when this number alone grows.", "只让这个数增大一点点，损失变化得有多快。")));
    const rows = [[both("in the network", "网络里的梯度"), gradient]];
    if (group.chain) {
      part.append(termTable(group.chain[index]));
      rows.unshift([both("sum of the terms", "各项之和"), sumOf(group.chain[index])]);
    }
    if (group.numeric) rows.push([both("centred difference", "中心差分"), group.numeric[index]]);
    part.append(totals(...rows));
    if (group.relative_error) part.append(errorBadge(group.relative_error[index]));
    return part;
  }

  function errorBadge(error) {
    const kind = verdict(error);
    return make("p", { class: `trace-badge trace-${kind}` }, make("b", {}, both("relative error ", "相对误差 ")),
      make("data", { value: error, title: error }, short(error)), make("br", {}), both(...VERDICTS[kind]));
  }

  // What a program reads: the same numbers with all their digits.
  function exposeNumbers(panel, group, index) {
    const numbers = {
      value: group.values[index],
      sum: group.made_by && sumOf(group.made_by[index]),
      gradient: group.gradients && group.gradients[index],
      "chain-sum": group.chain && sumOf(group.chain[index]),
      numeric: group.numeric && group.numeric[index],
      "relative-error": group.relative_error && group.relative_error[index],
    };
    panel.setAttribute("data-name", nameOf(group, index));
    for (const [name, number] of Object.entries(numbers)) {
      if (typeof number === "number") panel.setAttribute(`data-${name}`, number);
      else panel.removeAttribute(`data-${name}`);
    }
  }

  function placeOf(cell) {
    return [groupCalled.get(cell.dataset.group), Number(cell.dataset.index)];
  }

  function outlineSources() {
    for (const cell of root.querySelectorAll(".trace-source, .trace-shown")) {
      cell.classList.remove("trace-source", "trace-shown");
    }
    const [group, index] = placeOf(shown);
    let sources = [];
    if (mode !== "values") sources = group.chain ? group.chain[index].flatMap((t) => t.factors.map((f) => f.of)) : [];
    else if (group.made_by) sources = group.made_by[index].flatMap((term) => term.of);
    else if (group.sources) sources = group.sources[index];
    for (const source of sources) if (source) cellsOf.get(source[0])[source[1]].classList.add("trace-source");
    shown.classList.add("trace-shown");
  }

  function show(cell) {
    if (cell === shown) return;
    shown = cell;
    const [group, index] = placeOf(cell);
    const panel = document.getElementById("trace-panel");
    for (const part of panel.querySelectorAll("section")) part.remove();
    panel.append(valuePart(group, index), ...(group.gradients ? [gradientPart(group, index)] : []));
    panel.scrollTop = 0;
    exposeNumbers(panel, group, index);
    outlineSources();
  }

  // ---- pointer and keyboard ----

  function setPinned(now) {
    pinned = now;
    document.getElementById("trace-panel").toggleAttribute("data-pinned", pinned);
  }

  function pin(cell) {
    setPinned(!(pinned && cell === shown));
    show(cell);
  }

  // Exactly one cell can be reached with Tab: the one where the keyboard was last.
  function makeTabStop(cell) {
    for (const other of root.querySelectorAll("td[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
  }

  function cellAt(groupIndex, row, column) {
    const group = groups[groupIndex];
    const [rows, columns] = gridSize(group);
    const inside = Math.min(Math.max(row, 0), rows - 1) * columns + Math.min(Math.max(column, 0), columns - 1);
    return cellsOf.get(group.name)[inside];
  }

  // The neighbour of a cell; past the edge of its group, the nearest cell of the next or previous group.
  function neighbour(cell, down, right) {
    const [group, index] = placeOf(cell);
    const [rows, columns] = gridSize(group);
    const row = Math.floor(index / columns) + down, column = (index % columns) + right;
    const here = groups.indexOf(group);
    if (row >= 0 && row < rows && column >= 0 && column < columns) return cellAt(here, row, column);
    const next = here + down + right;
    if (next < 0 || next >= groups.length) return cell;
    if (right !== 0) return cellAt(next, row, right > 0 ? 0 : Infinity);
    return cellAt(next, down > 0 ? 0 : Infinity, column);
  }

  const MOVES = {
    ArrowUp: (cell) => neighbour(cell, -1, 0),
    ArrowDown: (cell) => neighbour(cell, 1, 0),
    ArrowLeft: (cell) => neighbour(cell, 0, -1),
    ArrowRight: (cell) => neighbour(cell, 0, 1),
    Home: (cell) => cellsOf.get(cell.dataset.group)[0],
    End: (cell) => cellsOf.get(cell.dataset.group).slice(-1)[0],
  };

  function leaveGrid() {
    setPinned(false);
    root.querySelector("[aria-pressed='true']").focus();
  }

  function onCellKey(event) {
    const cell = event.target.closest("td[data-group]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") pin(cell);
    else if (event.key === "Escape") leaveGrid();
    else if (MOVES[event.key]) {
      setPinned(false);
      MOVES[event.key](cell).focus();
    } else return;
    event.preventDefault();  // or the page would scroll
  }

  // v, g, e work wherever the pointer or the keyboard is in the drawing, not in the rest of the page.
  function onModeKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!root.contains(document.activeElement) && !root.matches(":hover")) return;
    const next = Object.keys(MODES).find((name) => MODES[name][2] === event.key);
    if (next) setMode(next);
  }

  function listen() {
    const cellUnder = (event) => event.target.closest("td[data-group]");
    root.addEventListener("pointerover", (event) => {
      if (!pinned && cellUnder(event)) show(cellUnder(event));
    });
    root.addEventListener("focusin", (event) => {
      if (!cellUnder(event)) return;
      makeTabStop(cellUnder(event));
      if (!pinned) show(cellUnder(event));
    });
    root.addEventListener("click", (event) => {
      if (cellUnder(event)) pin(cellUnder(event));
      const button = event.target.closest("[data-set-mode]");
      if (button) setMode(button.dataset.setMode);
    });
    root.addEventListener("keydown", onCellKey);
    document.addEventListener("keydown", onModeKey);
  }

  // ---- what stands around it ----

  function makeSwitch() {
    const buttons = Object.entries(MODES).map(([name, [english, chinese, key]]) =>
      make("button", { type: "button", "data-set-mode": name, "aria-keyshortcuts": key },
        both(english, chinese), " ", make("kbd", {}, key)));
    return make("div", { class: "trace-switch", role: "group" }, buttons);
  }

  function makeLegend() {
    const swatch = (kind, ...words) => make("span", {}, make("i", { class: `trace-swatch trace-${kind}` }), ...words);
    return make("div", { class: "trace-legend" },
      make("div", { class: "trace-for-values" }, "−", make("i", { class: "trace-ramp trace-ramp-sign" }), "+ ",
        both("strongest colour: the largest of its group", "颜色最浓：本组中绝对值最大的数")),
      make("div", { class: "trace-for-gradients" }, "0", make("i", { class: "trace-ramp trace-ramp-size" }),
        both("|dL/d·|, strongest colour: the largest of its group", "|dL/d·|，颜色最浓：本组中最大的数")),
      make("div", { class: "trace-for-errors" }, swatch("good", "✓ ≤ 1e−7"), swatch("doubtful", "≈ ≤ 1e−4"),
        swatch("wrong", "✗ > 1e−4"), swatch("none", both("no gradient", "无梯度"))));
  }

  function makeSummary() {
    return make("p", { class: "trace-summary" }, both(...summary(trace)));
  }

  function makeHelp() {
    return make("details", { class: "trace-help" }, make("summary", {}, both("How to read this", "怎样看这张图")),
      help(short(trace.step, 1)).map(([english, chinese]) => make("p", {}, both(english, chinese))));
  }

  function makePanel() {
    return make("aside", { id: "trace-panel", "aria-live": "polite", tabindex: 0 },
      make("p", { class: "trace-hint" }, both("Point at a number to see how it was made; click to hold it.",
        "指向一个数，看它是怎么算出来的；单击可以固定。")),
      make("p", { class: "trace-held" }, both("Held. Click the number again to let go.", "已固定。再次单击这个数即可松开。")));
  }

  root.append(makeSummary(), makeHelp(), make("div", { class: "trace-bar" }, makeSwitch(), makeLegend()),
    make("div", { id: "trace-mode", class: "trace-hidden" }),
    make("div", { class: "trace-body" }, makeDrawing(), makePanel()));
  setMode("values");
  makeTabStop(cellsOf.get(groups[0].name)[0]);
  show(cellsOf.get((groups.find((group) => group.made_by) || groups[0]).name)[0]);  // an example to begin with
  listen();
})();
