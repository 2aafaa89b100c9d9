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
})();
