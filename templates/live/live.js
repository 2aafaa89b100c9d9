/* Shows a new report as soon as there is one, and keeps the reader's place in it. A reader who is in the middle of
   something (selected words, a field, a key or a touch a moment ago) is offered a button instead. */
"use strict";
(() => {
  const EVERY = 1000; // milliseconds
  const QUIET = 15000; // milliseconds without a touch after which nobody is in the middle of something
  const FRAMES = 10; // in a long report, what comes into view is laid out only then, and moves what is below it
  const element = (id) => document.getElementById(id);
  const frame = element("report");
  let shown = frame.dataset.shown;
  let state = { report: shown };
  let touched = -Infinity;
  let place = null;

  function say(id, text) {
    if (element(id).textContent !== text) element(id).textContent = text; // a live region is read whenever it changes
  }

  function isBusy() {
    const report = frame.contentDocument;
    return Boolean(report) && (performance.now() - touched < QUIET
      || Boolean(report.getSelection().toString())
      || Boolean(report.querySelector(":focus-visible")));
  }

  function nameIn(hash) {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return ""; // somebody typed it
    }
  }

  const keyOf = (fold) => `${fold.closest("[id]")?.id} ${fold.querySelector("summary")?.textContent}`;

  /* The first part with an id that begins in the window, and how far down it is; what is above it may grow. */
  function placeIn(view) {
    const folds = [...view.document.querySelectorAll("details")].map((fold) => [keyOf(fold), fold.open]);
    const kept = { folds: new Map(folds), scroll: view.scrollY, id: "", top: 0, hash: "" };
    for (let y = 4; view.scrollY && y < view.innerHeight; y += 12) {
      const part = view.document.elementFromPoint(view.innerWidth / 2, y)?.closest("main [id]:not(#main)");
      const top = part?.getBoundingClientRect().top;
      if (part && (top >= 0 || !kept.id)) Object.assign(kept, { id: part.id, top });
      if (top >= 0) break;
    }
    return kept;
  }

  function goTo(view, kept, since, frames = FRAMES) {
    if (touched > since) return; // the reader goes elsewhere
    const part = kept.id && view.document.getElementById(kept.id);
    const by = part ? part.getBoundingClientRect().top - kept.top : kept.scroll - view.scrollY;
    view.scrollBy({ top: by, behavior: "instant" });
    if (frames) view.requestAnimationFrame(() => goTo(view, kept, since, frames - 1));
  }

  function show() {
    shown = state.report;
    element("show").hidden = true;
    say("news", state.is_new);
    const view = frame.contentWindow;
    if (!frame.contentDocument?.body) { // for example, an address that may not be framed
      frame.src = "/report/report.html";
      return;
    }
    place = placeIn(view);
    if (view.document.getElementById(nameIn(view.location.hash))) {
      place.hash = view.location.hash; // with it in the address, the report would scroll there
      view.history.replaceState(view.history.state, "", view.location.pathname);
    }
    view.history.scrollRestoration = "manual"; // until the next touch: browsers restore some time after loading
    view.location.reload();
  }

  function settle() {
    const view = frame.contentWindow;
    const touch = () => {
      touched = performance.now();
      if (view.history.scrollRestoration !== "auto") view.history.scrollRestoration = "auto";
    };
    for (const kind of ["keydown", "pointerdown", "touchmove", "wheel"]) {
      view.addEventListener(kind, touch, { capture: true, passive: true });
    }
    view.addEventListener("click", leaveInAWindowOfItsOwn, true);
    if (!place) return;
    for (const fold of view.document.querySelectorAll("details")) fold.open = place.folds.get(keyOf(fold)) ?? fold.open;
    if (place.hash) view.history.replaceState(view.history.state, "", place.hash);
    if (place.scroll) goTo(view, place, performance.now());
    place = null;
  }

  /* The server of the pads would not, and may not, show itself inside this page. */
  function leaveInAWindowOfItsOwn(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || !link.protocol.startsWith("http") || link.origin === location.origin) return;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }

  async function look() {
    const answer = await fetch("/state").catch(() => null);
    if (answer?.ok) {
      state = await answer.json();
      say("work", state.work);
      say("trouble", state.trouble);
      if (state.report && state.report !== shown) bring();
    } else {
      say("work", "");
      say("trouble", document.body.dataset.ended);
    }
    setTimeout(look, EVERY);
  }

  function bring() {
    const waiting = shown && (!element("follow").checked || isBusy());
    if (!waiting) show();
    else {
      say("news", state.is_ready);
      element("show").hidden = false;
    }
  }

  element("show").addEventListener("click", () => {
    show();
    frame.focus();
  });
  frame.addEventListener("load", settle);
  if (frame.contentDocument?.readyState === "complete" && frame.contentWindow.location.href !== "about:blank") settle();
  look();
})();
