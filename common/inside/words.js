// How the pages' scripts make elements, write words in two languages, and write numbers. It comes first in each script.
"use strict";
const pageWords = (() => {
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.flat());
    return element;
  }

  function both(english, chinese) {
    return [make("span", { lang: "en" }, english), make("span", { lang: "zh" }, chinese)];
  }

  // 3 digits: "0.500", "−1.23e−4"; "–" for what is no number.
  function short(number, digits = 3) {
    if (typeof number !== "number") return "–";
    if (number === 0) return "0";
    const size = Math.abs(number);
    const text = size < 1e-3 || size >= 1e5 ? number.toExponential(digits - 1) : number.toPrecision(digits);
    return text.replace(/-/g, "\u2212").replace("e+", "e");
  }

  return { make, both, short };
})();
