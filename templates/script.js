/* The report is complete without its scripts. This one opens what is folded for printing; search.js follows it. They
   send nothing to any server and store nothing. */
"use strict";
(() => {
  // On a phone the report comes first, not its contents.
  const narrow = matchMedia("(max-width: 67.99rem)");
  const contents = document.querySelector(".side .unfolded");
  const foldContents = () => { contents.open = !narrow.matches; };
  narrow.addEventListener("change", foldContents);
  if (contents) foldContents();

  const folded = [...document.querySelectorAll("main details:not(.here)")];
  let opened = [];
  addEventListener("beforeprint", () => {
    const searching = document.body.classList.contains("finding");
    opened = searching ? [] : folded.filter((details) => !details.open);
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  /* In a long report, what comes into view is laid out only then (style.css), and moves what is below it. */
  const FRAMES = 6;
  function bringIntoView(target, frames = FRAMES) {
    target.scrollIntoView();
    if (frames) requestAnimationFrame(() => bringIntoView(target, frames - 1));
  }

  // A link leads to its line even if that is folded.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    bringIntoView(target);
  }
  addEventListener("hashchange", reveal);
  reveal();

  // The contents say which section is in the upper part of the window.
  const entries = new Map([...document.querySelectorAll(".contents a")].map(
    (link) => [document.getElementById(link.hash.slice(1)), link],
  ).filter(([section]) => section));
  const inView = new Set();
  const watch = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) inView[isIntersecting ? "add" : "delete"](target);
    const current = [...entries.keys()].find((section) => inView.has(section));
    for (const [section, link] of entries) link.setAttribute("aria-current", String(section === current));
  }, { rootMargin: "0px 0px -75% 0px" });
  entries.forEach((_, section) => watch.observe(section));
})();
