/* The report is complete without this script, which opens what is folded for printing, and filters quotes by group and
   words. It sends nothing to any server and stores nothing. */
"use strict";
(() => {
  const folded = [...document.querySelectorAll("details:not(.here)")];
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folded.filter((details) => !details.open);
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  const form = document.querySelector(".find");
  const group = document.querySelector("#find-group");
  const words = document.querySelector("#find-words");
  const found = document.querySelector(".found");
  const voices = [...document.querySelectorAll(".voice, .answers, .group")];
  const parts = [...document.querySelectorAll("article, .of-one, .answered")];
  const texts = new Map();
  const text = (element) => {
    if (!texts.has(element)) {
      const quotes = [...element.querySelectorAll("[data-quote]")];
      texts.set(element, quotes.map((quote) => quote.textContent).join("\n").toLowerCase());
    }
    return texts.get(element);
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
    for (const details of folded) details.open = active;
    found.textContent = active ? found.dataset.text.replace("#", quotes.toLocaleString(document.documentElement.lang)) : "";
  }

  // A link leads to its line even if that is folded or a search has left it out.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest(".unfound")) {
      group.value = words.value = "";
      find();
    }
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);

  let waiting = 0;
  group.addEventListener("change", find);
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 150);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  reveal();
})();
