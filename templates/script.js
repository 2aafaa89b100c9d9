/* The report is complete without this: it opens what is folded for printing, and shows one group's or some words'
   quotes only. It asks nothing of any server and keeps nothing. */
"use strict";
(() => {
  const folded = [...document.querySelectorAll("details:not(.here)")];
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folded.filter((one) => !one.open);
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));

  const form = document.querySelector(".find");
  const group = document.querySelector("#find-group");
  const words = document.querySelector("#find-words");
  const found = document.querySelector(".found");
  const voices = [...document.querySelectorAll(".voice, .answers, .group")];
  const parts = [...document.querySelectorAll("article, .of-one, .answered")];
  const texts = new Map();
  const text = (one) => {
    if (!texts.has(one)) {
      const quotes = [...one.querySelectorAll("[data-quote]")];
      texts.set(one, quotes.map((quote) => quote.textContent).join("\n").toLowerCase());
    }
    return texts.get(one);
  };
  const items = (voice) => [...voice.querySelectorAll("li")];

  function find() {
    const own = group.value;
    const sought = words.value.trim().toLowerCase();
    const active = Boolean(own || sought);
    document.body.classList.toggle("finding", active);
    let quotes = 0;
    for (const voice of voices) {
      const here = !own || voice.dataset.g === own;
      const lines = items(voice);
      let hits = lines.length ? 0 : Number(here && text(voice).includes(sought));
      for (const line of lines) {
        const hit = here && text(line).includes(sought);
        line.classList.toggle("unfound", active && !hit);
        hits += Number(hit);
      }
      voice.classList.toggle("unfound", active && !hits);
      if (voice.closest("#by-group")) quotes += hits;
    }
    for (const part of parts) {
      part.classList.toggle("unfound", active && !part.querySelector(".voice:not(.unfound)"));
    }
    for (const one of folded) one.open = active;
    found.textContent = active ? `${quotes} ${quotes === 1 ? "line" : "lines"} found` : "";
  }

  let waiting = 0;
  group.addEventListener("change", find);
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 150);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
