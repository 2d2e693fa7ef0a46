// Plays the films of a page: each is a figure with frames, of which one is shown, a button and a slider.
"use strict";
for (const film of document.querySelectorAll(".film")) {
  const frames = film.querySelectorAll(".frame");
  const labels = film.querySelectorAll(".label");
  const slider = film.querySelector("input[type=range]");
  const button = film.querySelector("button");
  const step_ms = 220;
  let timer = 0;

  const show = (index) => {
    const shown = Math.max(0, Math.min(index, frames.length - 1));
    frames.forEach((frame, i) => { frame.hidden = i !== shown; });
    labels.forEach((label, i) => { label.hidden = i !== shown; });
    slider.value = String(shown);
    slider.setAttribute("aria-valuetext", labels[shown].innerText);
  };
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    button.classList.remove("playing");
  };
  const advance = () => {
    show(Number(slider.value) + 1);
    if (Number(slider.value) === frames.length - 1) pause();
  };
  const play = () => {
    if (Number(slider.value) === frames.length - 1) show(0);
    timer = setInterval(advance, step_ms);
    button.classList.add("playing");
  };

  button.addEventListener("click", () => (timer ? pause() : play()));
  slider.addEventListener("input", () => {
    pause();
    show(Number(slider.value));
  });
  button.addEventListener("keydown", (event) => {  // the slider knows the arrows by itself
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    pause();
    show(Number(slider.value) + move);
  });
  film.querySelector(".controls").hidden = false;
  show(frames.length - 1);
}
