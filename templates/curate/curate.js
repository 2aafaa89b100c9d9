/* Keys, and saving without loading a new page; every form works without this too, by Tab and Enter. Forms are sent to
   the server that the page came from and to no other. */
"use strict";
(() => {
  const find = (selector, inside = document) => inside.querySelector(selector);
  const status = find("#status");
  const alarm = find("#alert");
  const keysOn = find("#keys-on");
  const KEYS_SETTING = "padharvest-keys";

  /* Not all screen readers read a live region when the page is loaded, so its text is set again. */
  const announce = (region, words) => { region.textContent = ""; requestAnimationFrame(() => { region.textContent = words; }); };
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

  /* Texts that were typed and not saved, with the version of the file that they are to replace. */
  const unsaved = (except) => [...document.querySelectorAll("textarea")]
    .filter((field) => field.form !== except && field.value !== field.defaultValue)
    .map((field) => ({ id: field.id, value: field.value, version: field.form.elements.version.value }));

  let waiting = 0;
  async function showPreview(field) {
    const fields = new URLSearchParams(new FormData(field.form));
    if (!field.dataset.preview) return;
    fields.set("alone", "on");
    try {
      const answer = await fetch(field.dataset.preview, { method: "POST", body: fields });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok) find("#preview").replaceWith(document.adoptNode(find("#preview", next)));
    } catch { /* The button says so if the program has ended. */ }
  }
  document.addEventListener("input", ({ target }) => {
    clearTimeout(waiting);
    if (target.matches("textarea")) waiting = setTimeout(showPreview, 300, target);
  });
  addEventListener("beforeunload", (event) => { if (unsaved().length) event.preventDefault(); });

  async function send(form, button) {
    const fields = new URLSearchParams(new FormData(form, button));
    document.body.setAttribute("aria-busy", "true");
    try {
      const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
      const answer = await fetch(action, { method: "POST", body: fields });
      if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error(await answer.text());
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!find("#page", next)) { location.reload(); return; }
      const kept = unsaved(form);
      find("#page").replaceWith(document.adoptNode(find("#page", next)));
      for (const { id, value, version } of kept) {
        const field = document.getElementById(id);
        if (field) { field.value = value; field.form.elements.version.value = version; showPreview(field); }
      }
      document.title = next.title;
      if (answer.redirected) history.replaceState(null, "", answer.url);
      announce(alarm, find("#alert", next).textContent);
      announce(status, find("#status", next).textContent);
      begin();
    } catch (error) {
      announce(status, "");
      announce(alarm, error instanceof TypeError ? document.body.dataset.ended : error.message);
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
    const target = (inItem && find(wanted, inItem)) ?? [...document.querySelectorAll(wanted)].find((element) => !element.closest("[data-item]"));
    if (!target) return false;
    const fold = target.closest("details");
    if (target.matches("input:not([type=checkbox]), select")) { if (fold) fold.open = true; target.focus(); target.select?.(); } else target.click();
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
    if (field || !keysOn.checked) return false;
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

  keysOn.checked = localStorage.getItem(KEYS_SETTING) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(KEYS_SETTING, keysOn.checked ? "on" : "off"));
  if (document.activeElement === document.body) begin(); /* who was quicker than this script keeps their place */
})();
