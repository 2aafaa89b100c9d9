
/* Copying a quote, or a concern with its quotes, as text or as wikitext, always with its source. There is one set of
   buttons, which moves to the quote or the heading that the pointer or the keyboard is at. What is copied is made of
   what the page has; the forms of wikitext come from the templates of report.wiki, and so do the patterns by which it is
   escaped, so that a pad's words are as inert in a wiki as there. */
(() => {
  const buttons = document.querySelector("#copy");
  const status = document.querySelector("#copied");
  if (!buttons) return;
  const { event: ofEvent, text: textForm } = buttons.dataset;
  const wikitextForms = JSON.parse(buttons.dataset.forms);
  const field = buttons.querySelector("textarea");
  const filled = (form, values) => form.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /* The words of a quote as plain files have them: a control character is spelled out (output_format.py). */
  function wordsOf(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data.replaceAll("⟦", "⟦U+27E6⟧");
    return node.matches(".cp") ? `⟦${node.textContent}⟧` : [...node.childNodes].map(wordsOf).join("");
  }

  /* The inverse of what html.unescape does in wikitext.py, which says why. */
  const NAMED = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  const references = (text) => [...text].map((one) => NAMED[one] ?? `&#${one.codePointAt(0)};`).join("");
  function inert(text, place) {
    const active = new RegExp(JSON.parse(buttons.dataset.active)[place], "gu");
    return text.replace(active, (...match) => {
      const { all, word, scheme } = match.at(-1);
      if (word) return references(word[0]) + word.slice(1);
      return scheme ? scheme + references(":") : references(all);
    }).replaceAll("\n", "<br />");
  }

  /* Whose words a link to a line leads to, where they stand, and where the pad is. On the index of a large report the
     line is on the page of its group; which of several pads it is in is then not known here. */
  const linksToPages = [...document.querySelectorAll(".group .pad > a")];
  function sourceOf(link) {
    const line = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const ofGroup = (line ?? linksToPages.find((page) => page.pathname === link.pathname)).closest(".group");
    const pads = [...ofGroup.querySelectorAll(".pad:has(bdi)")];
    const before = !line ? pads.filter((_, at, { length }) => length === 1)
      : pads.filter((pad) => pad.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING);
    const group = ofGroup.querySelector("h3 bdi").textContent;
    const named = link.querySelector(".vh")?.textContent.slice(`${group}, `.length); // a citation names the group, too
    return { group, where: named ?? link.textContent, url: before.at(-1)?.querySelector(".out")?.getAttribute("href") };
  }
  const sourceOfQuote = (quote) => sourceOf(quote.parentElement.querySelector(".source a"));
  const remarkOn = (quote) => quote.parentElement.querySelector(":scope > .placed")?.textContent;
  const inertValues = (values) => Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, inert(value, "anywhere")]),
  );

  /* A form of wikitext for what there is: a language, an address. */
  function inForm(kind, { url, language, ...values }) {
    const name = [kind, language && "language", url && "url"].filter(Boolean).join(" ");
    return filled(wikitextForms[name], { url, language, ...values });
  }

  const ofQuote = {
    text(quote) {
      const { url, ...source } = sourceOfQuote(quote);
      const remark = remarkOn(quote);
      return filled(textForm, { ...source, text: wordsOf(quote) }) + (remark ? ` (${remark})` : "") + (url ? ` ${url}` : "");
    },
    wikitext(quote) {
      const { url, ...source } = sourceOfQuote(quote);
      const language = /^[A-Za-z0-9-]+$/.test(quote.lang) ? quote.lang : "";
      const text = inert(wordsOf(quote), "between_marks");
      const remark = remarkOn(quote);
      return inForm("quote", { ...inertValues(source), text, language, url }) + (remark ? ` (${inert(remark, "anywhere")})` : "");
    },
  };

  /* What a language model wrote about a concern: its mark, and its sentences with the links of each. */
  function summaryOf(concern) {
    const written = concern.querySelector(".written");
    if (!written) return null;
    const sentences = [...written.querySelectorAll("p > [dir]")].map((words) => ({
      text: words.textContent, cited: [...words.nextElementSibling.querySelectorAll("a")].map(sourceOf),
    }));
    return { mark: written.querySelector(".mark").textContent, sentences };
  }
  const sentenceInWikitext = ({ text, cited }) => filled(wikitextForms.sentence, {
    text: inert(text, "anywhere"),
    cites: cited.map(({ url, ...source }) => inForm("cite", { ...inertValues(source), url })).join("; "),
  });
  const textsOf = (concern, selector) => [...concern.querySelectorAll(selector)].map((one) => one.textContent);
  const quotesOf = (concern) => [...concern.querySelectorAll("blockquote")];

  const ofConcern = {
    text(concern) {
      const summary = summaryOf(concern);
      const about = summary ? [`${summary.mark}: ${summary.sentences.map(({ text }) => text).join(" ")}`] : [];
      const above = [...textsOf(concern, ":is(h3, h4), .who, .origin"), ...about].join("\n");
      const quotes = quotesOf(concern).map((quote) => `- ${ofQuote.text(quote)}`).join("\n");
      return `${above}\n\n${quotes}\n\n${ofEvent}\n`;
    },
    wikitext(concern) {
      const kind = concern.matches(".echo") ? "echo" : concern.matches(".small") ? "own" : "front";
      const remarks = textsOf(concern, ".origin").map((remark) => inert(remark, "anywhere")).join(" ");
      const summary = summaryOf(concern);
      let form = wikitextForms[kind];
      if (!remarks) form = form.replace(/\s\{remarks\}/, "");
      if (!summary) form = form.replace(/\n.*\{mark\}.*\n\n$/, "");
      const head = filled(form, {
        ...inertValues({
          anchor: concern.id,
          label: concern.querySelector("h3, h4").textContent,
          groups: concern.querySelector("[data-names]")?.dataset.names ?? textsOf(concern, ".who bdi").join(""),
          strength: textsOf(concern, ".rank span:first-child").join(""),
        }),
        remarks,
        mark: inert(summary?.mark ?? "", "anywhere"),
        sentences: summary?.sentences.map(sentenceInWikitext).join(" "),
      });
      return head + quotesOf(concern).map((quote) => `* ${ofQuote.wikitext(quote)}\n`).join("");
    },
  };

  /* What the buttons are at: an element around a quote, or a concern. */
  let at = null;
  function copied(as) {
    const quote = at.querySelector(":scope > blockquote");
    if (!quote) return ofConcern[as](at);
    return as === "text" ? `${ofQuote.text(quote)} (${ofEvent})` : ofQuote.wikitext(quote);
  }
  function around(element) {
    const concern = element.closest("article.card > :is(h3, h4, header)")?.closest("article");
    if (concern) return concern;
    const item = element.closest("li, .said, p");
    return item?.querySelector(":scope > blockquote") ? item : null;
  }
  function hide() {
    buttons.hidden = true;
    at?.classList.remove("copying");
    at = null;
  }
  function showAt(element) {
    const next = around(element);
    if (next === at && buttons.isConnected) return;
    hide();
    field.hidden = true;
    if (!next) return;
    at = next;
    at.classList.add("copying");
    if (at.matches("article")) at.querySelector("h3, h4").after(buttons);
    else at.append(buttons);
    buttons.hidden = false;
  }

  /* Pages that are not from a secure address may not write to the clipboard; the old way copies what is selected. */
  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      field.value = text;
      field.hidden = false;
      field.select();
      return document.execCommand("copy");
    }
  }
  const SHOWN = 5000;
  let announced = 0;
  async function copy(button) {
    const { as } = button.dataset;
    const done = await write(copied(as));
    const { copied: asText, copiedWikitext, refused } = buttons.dataset;
    status.textContent = done ? { text: asText, wikitext: copiedWikitext }[as] : refused;
    clearTimeout(announced);
    if (!done) return;
    announced = setTimeout(() => { status.textContent = ""; }, SHOWN);
    field.hidden = true;
    button.focus({ preventScroll: true });
  }

  document.querySelectorAll(".how-to-copy").forEach((hint) => { hint.hidden = false; });
  const layout = document.querySelector(".layout");
  const keyboardIsIn = () => buttons.querySelector(":focus-visible");
  layout.addEventListener("pointerover", (event) => {
    if (!buttons.contains(event.target) && !keyboardIsIn()) showAt(event.target);
  });
  layout.addEventListener("focusin", (event) => { if (!buttons.contains(event.target)) showAt(event.target); });
  buttons.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) copy(button);
  });
  // An announcement that is there already would not be read out again.
  buttons.addEventListener("pointerdown", () => { status.textContent = ""; });
  buttons.addEventListener("keydown", () => { status.textContent = ""; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || buttons.hidden) return;
    if (buttons.contains(document.activeElement)) at.querySelector("a").focus();
    hide();
  });
})();
