/* Keys, and saving without a new page: every form works without this, by Tab and Enter. It sends forms to the server
   that the page came from and to no other. */
"use strict";
(() => {
  const find = (selector, inside = document) => inside.querySelector(selector);
  const said = find("#said");
  const alarm = find("#alert");
  const switched = find("#keys-on");
  const KEPT = "padharvest-keys";
  const GONE = "The program behind this page has ended, so that was not saved. All that was saved before is in the file.";

  /* Not all browsers say what a live region holds when a page is loaded, so it is said when it changes. */
  const say = (region, words) => { region.textContent = ""; requestAnimationFrame(() => { region.textContent = words; }); };
  const items = () => [...document.querySelectorAll("[data-item]")];
  const current = () => document.activeElement.closest?.("[data-item]");
  const reach = (item) => {
    const target = item.hasAttribute("tabindex") ? item : find("a, button", item);
    target.focus();
    item.scrollIntoView({ block: "nearest" });
  };
  const begin = () => {
    const first = find("[data-focus]");
    if (first) { first.focus(); first.scrollIntoView({ block: "nearest" }); }
  };

  async function send(form, button) {
    const fields = new URLSearchParams(new FormData(form, button));
    document.body.setAttribute("aria-busy", "true");
    try {
      const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
      const answer = await fetch(action, { method: "POST", body: fields });
      if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(await answer.text());
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!find("#page", next)) { location.reload(); return; }
      find("#page").replaceWith(document.adoptNode(find("#page", next)));
      document.title = next.title;
      if (answer.redirected) history.replaceState(null, "", answer.url);
      say(alarm, find("#alert", next).textContent);
      say(said, find("#said", next).textContent);
      begin();
    } catch (error) {
      say(said, "");
      say(alarm, error instanceof TypeError ? GONE : error.message);
    } finally {
      document.body.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!document.body.hasAttribute("aria-busy")) send(event.target, event.submitter);
  });

  function step(by) {
    const all = items();
    const at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (next) reach(next);
  }

  function press(key) {
    const inItem = current();
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const target = (inItem && find(wanted, inItem)) ?? [...document.querySelectorAll(wanted)].find((one) => !one.closest("[data-item]"));
    if (!target) return false;
    if (target.matches("input:not([type=checkbox]), select")) { target.focus(); target.select?.(); } else target.click();
    return true;
  }

  function typed(event) {
    const field = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape") {
      const item = current() ?? find("[data-focus]") ?? items()[0];
      if (item) reach(item);
      return true;
    }
    if (event.key === "Enter" && field?.matches("select")) {
      if (field.id === "to") find("#both").select(); else field.form.requestSubmit(find("button", field.parentElement));
      return true;
    }
    if (field || !switched.checked) return false;
    if (event.key === "?") {
      const keys = find("#keys");
      keys.open = !keys.open;
      find("summary", keys).focus();
      return true;
    }
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (by) { step(by); return true; }
    return press(event.key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typed(event)) event.preventDefault();
  });

  switched.checked = localStorage.getItem(KEPT) !== "off";
  switched.addEventListener("change", () => localStorage.setItem(KEPT, switched.checked ? "on" : "off"));
  begin();
})();
