/* The report is complete without its scripts. This one opens what is folded for printing; search.js follows it. They
   send nothing to any server and store nothing. */
"use strict";
(() => {
  const folded = [...document.querySelectorAll("main details:not(.here)")];
  let opened = [];
  addEventListener("beforeprint", () => {
    const searching = document.body.classList.contains("finding");
    opened = searching ? [] : folded.filter((details) => !details.open);
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  // A link leads to its line even if that is folded.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
