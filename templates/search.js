
/* The search of all lines of all pads. What it asks for is kept in the part of the address after `#`, which browsers do
   not send; what it finds is drawn over the report, which stays laid out below: a long one would take seconds to come
   back. */
(() => {
  const form = document.querySelector(".find");
  const results = document.querySelector("#results");
  if (!form || !results) return;

  /* Folding: what is written in different ways becomes the same letters. */
  const MARKS = new RegExp(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f" // accents and the like
    + "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670" // vowels of Hebrew and Arabic
    + "\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]", // what is not seen
    "g",
  );
  const LETTERS = new Map(Object.entries({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ς": "σ",
    "’": "'", "‘": "'", "‛": "'", "ʼ": "'", "′": "'", "´": "'", "`": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
  }));
  const PLAIN = /^[^`\u0080-\uffff]*$/;
  const known = new Map();
  const foldCharacter = (character) => {
    let letters = known.get(character);
    if (letters === undefined) {
      const parts = (LETTERS.get(character) ?? character.normalize("NFKD")).replace(MARKS, "").toLowerCase();
      letters = [...parts].map((part) => LETTERS.get(part) ?? part).join("");
      known.set(character, letters);
    }
    return letters;
  };
  const fold = (text) => (PLAIN.test(text) ? text.toLowerCase() : [...text].map(foldCharacter).join(""));
  const wordsOf = (text) => [...new Set(fold(text).split(/\s+/).filter(Boolean))];

  /* The nodes of an element's text, but for the names of control characters. */
  const textNodes = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(".cp")) nodes.push(walker.currentNode);
    return nodes;
  };

  /* Where in `text` the folded `words` stand, as [start, end], in order and apart. */
  function places(text, words) {
    let letters = "";
    const starts = [];
    let at = 0;
    for (const character of text) {
      const own = foldCharacter(character);
      letters += own;
      for (let unit = 0; unit < own.length; unit += 1) starts.push(at);
      at += character.length;
    }
    const found = [];
    for (const word of words) {
      for (let first = letters.indexOf(word); first >= 0; first = letters.indexOf(word, first + word.length)) {
        let next = first + word.length;
        while (starts[next] === starts[next - 1]) next += 1;
        found.push([starts[first], starts[next] ?? text.length]);
      }
    }
    found.sort((one, other) => one[0] - other[0]);
    const apart = [];
    for (const [start, end] of found) {
      const last = apart.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else apart.push([start, end]);
    }
    return apart;
  }

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };

  /* Marks the `words` in an element, where they may go over the edge of its parts. */
  function mark(element, words) {
    const nodes = textNodes(element);
    const found = places(nodes.map((node) => node.data).join(""), words);
    let begin = 0;
    for (const node of nodes) {
      const end = begin + node.length;
      const pieces = [];
      let done = begin;
      for (const place of found) {
        const [start, stop] = [Math.max(place[0], begin), Math.min(place[1], end)];
        if (start >= stop) continue;
        const marked = make("mark", "", node.data.slice(start - begin, stop - begin));
        pieces.push(node.data.slice(done - begin, start - begin), marked);
        done = stop;
      }
      if (pieces.length) node.replaceWith(...pieces, node.data.slice(done - begin));
      begin = end;
    }
  }

  /* The lines that are searched, each with what it is searched by. They are elements of this page or, of a large report,
     whose lines are on other pages, rows of data. Both are indexed in short tasks, between which the page answers;
     whatever is left is indexed by the first search. */
  const SLICE = 10;
  const ASIDE = "aside";
  const data = document.querySelector("#line-data");
  const lines = [];
  let waitingLines = null;
  /* What became of a line, from the element that says so. */
  function fateOf(element) {
    const { k: kind = "statement", p: prompt = "", l: language = document.documentElement.lang } = element.dataset;
    const notes = element.querySelector("small");
    const concerns = [...notes.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    const is = { kind: kind.split(" "), prompt: prompt.split(" "), language: language.split(" ") };
    return { is, aside: kind === ASIDE, concerns, notes };
  }
  function lineOfElement(element) {
    const own = element.querySelector("bdi");
    const whole = own.querySelector(".cp") ? textNodes(own).map((node) => node.data).join("") : own.textContent;
    const words = () => own.cloneNode(true);
    const place = { href: `#${element.id}`, number: element.querySelector("a").textContent };
    return { element, words, group: element.closest(".group"), text: fold(whole), ...fateOf(element), ...place };
  }
  /* Each row is the number of a line, that of its fate, and its parts: where they stand and their words. */
  function linesOfData() {
    const fates = [...document.querySelectorAll("#fates > li")].map(fateOf);
    const groups = new Map([...document.querySelectorAll(".group")].map((group) => [Number(group.dataset.g), group]));
    return JSON.parse(data.textContent).flatMap(({ group, page, anchor, name, rows }) => rows.map((row) => () => {
      const [number, fate, ...parts] = row;
      const whole = parts.filter((_, place) => place % 2).join("");
      const words = () => make("bdi", "", whole);
      const place = { pad: name, number, href: `${page}#${anchor}-l${number}` };
      return { words, group: groups.get(group), text: fold(whole), ...fates[fate], ...place };
    }));
  }
  function startIndex() {
    if (waitingLines) return;
    const elements = [...document.querySelectorAll(".lines > li:not(.a-empty)")];
    waitingLines = data ? linesOfData() : elements.map((element) => () => lineOfElement(element));
    waitingLines.reverse();
  }
  function indexLine() {
    const line = waitingLines.pop()();
    line.is = { ...line.is, group: [line.group.dataset.g] };
    if (line.text.trim()) lines.push(line);
  }
  function indexAll() {
    startIndex();
    while (waitingLines.length) indexLine();
  }
  function indexSome() {
    const until = performance.now() + SLICE;
    startIndex();
    while (waitingLines.length && performance.now() < until) indexLine();
    if (waitingLines.length) setTimeout(indexSome, SLICE);
  }

  const box = form.elements.q;
  const filters = [...form.querySelectorAll("select")];
  const kind = form.elements.kind;
  const status = form.querySelector(".found");
  const clear = form.querySelector(".clear");
  const part = (name) => results.querySelector(name);
  const language = document.documentElement.lang;
  const plural = new Intl.PluralRules(language);
  const number = (value) => value.toLocaleString(language);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const counted = (forms, count) => {
    const all = JSON.parse(forms);
    return (all[plural.select(count)] ?? all.other).replace("#", number(count));
  };
  const inLines = (count) => counted(results.dataset.lines, count);

  /* The lines that have all `words`, in any order, and what is `asked`: pairs of a filter's name and a value. Lines of
     the template and the like are left out unless they are asked for. */
  function matching(words, asked) {
    const aside = asked.some(([, value]) => value === ASIDE);
    return lines.filter(
      (line) => line.aside === aside
        && asked.every(([name, value]) => line.is[name].includes(value))
        && words.every((word) => line.text.includes(word)),
    );
  }
  const chosen = () => filters.filter((filter) => filter.value);
  const askedBy = (used) => used.map((filter) => [filter.name, filter.selectedOptions[0].dataset.is]);

  const PAGE = 50;
  const MOST_CONCERNS = { wide: 5, narrow: 2 }; // a phone with its keyboard open has room for few
  let shown = PAGE;
  let allConcerns = false;
  let answer = { words: [], lines: [] };

  /* A found line: its words, marked, and where it stands and what became of it. */
  function lineItem(line) {
    const words = line.words();
    words.querySelectorAll("[data-quote]").forEach((element) => element.removeAttribute("data-quote"));
    const quote = make("blockquote", "", ...words.childNodes);
    quote.dir = "auto";
    if (answer.words.length) mark(quote, answer.words);
    const place = make("a", "", where(line));
    place.href = line.href;
    const source = make("span", "source", place);
    source.append(" ", ...line.notes.cloneNode(true).childNodes);
    return make("li", "", quote, source);
  }

  function where(line) {
    const values = { line: line.number };
    const pads = [...line.group.querySelectorAll(".pad bdi")];
    if (pads.length === 1) return filled(results.dataset.where, values);
    if (!line.element) return filled(results.dataset.whereOf, { ...values, pad: line.pad });
    const before = pads.filter((pad) => pad.compareDocumentPosition(line.element) & Node.DOCUMENT_POSITION_FOLLOWING);
    return filled(results.dataset.whereOf, { ...values, pad: before.at(-1).textContent });
  }

  function drawLines(limit) {
    const counts = new Map();
    for (const line of answer.lines) counts.set(line.group, (counts.get(line.group) ?? 0) + 1);
    const groups = new Map();
    for (const line of answer.lines.slice(0, limit)) {
      if (!groups.has(line.group)) groups.set(line.group, []);
      groups.get(line.group).push(lineItem(line));
    }
    part(".in-lines").replaceChildren(...[...groups].map(([group, items]) => {
      const name = group.querySelector("h3").cloneNode(true).childNodes;
      const margin = make("p", "margin", ...name, " ", make("span", "count", inLines(counts.get(group))));
      return make("div", "voice", margin, make("ul", "said", ...items));
    }));
    const left = answer.lines.length - limit;
    part(".of-more").hidden = left <= 0;
    part(".more").textContent = filled(results.dataset.more, { number: number(Math.min(left, PAGE)) });
  }

  /* The concerns whose names have all words, and those that most of the found lines are in. */
  const titles = new Map([...document.querySelectorAll("article.card")].map(
    (article) => [`#${article.id}`, article.querySelector("h3, h4").textContent],
  ));
  const foldedTitles = new Map([...titles].map(([href, title]) => [href, fold(title)]));
  function drawConcerns() {
    const counts = new Map();
    for (const line of answer.lines) for (const href of line.concerns) counts.set(href, (counts.get(href) ?? 0) + 1);
    const named = new Set();
    for (const [href, title] of answer.words.length ? foldedTitles : []) {
      if (answer.words.every((word) => title.includes(word))) named.add(href);
    }
    const found = [...new Set([...named, ...counts.keys()])].filter((href) => titles.has(href));
    found.sort((one, other) => named.has(other) - named.has(one) || (counts.get(other) ?? 0) - (counts.get(one) ?? 0));
    part(".in-concerns").hidden = !found.length;
    // Without words, somebody asks what a group raised, or what was answered to a prompt: all of it.
    const most = wide.matches ? MOST_CONCERNS.wide : MOST_CONCERNS.narrow;
    const limit = answer.words.length && !allConcerns ? most : found.length;
    const left = found.length - limit;
    part(".of-more-concerns").hidden = left <= 0;
    part(".more-concerns").textContent = filled(results.dataset.more, { number: number(left) });
    part(".in-concerns ul").replaceChildren(...found.slice(0, limit).map((href) => {
      const link = make("a", "", titles.get(href));
      link.href = href;
      mark(link, answer.words);
      return make("li", "", link, " ", make("span", "count", counts.has(href) ? inLines(counts.get(href)) : ""));
    }));
  }

  /* Buttons for what other searches would find: most where nothing was found. */
  function drawWaysOut() {
    const ways = [];
    const offer = (words, asked, text, change) => {
      const count = matching(words, asked).length;
      if (!count) return;
      const button = make("button", "", filled(text, { word: words.join(" "), lines: inLines(count) }));
      button.type = "button";
      button.addEventListener("click", () => { change(); changed(); box.focus({ preventScroll: true }); });
      ways.push(make("li", "", button));
    };
    const { words } = answer;
    const { alone, aside, unfiltered } = results.dataset;
    const used = chosen();
    if (!answer.lines.length) {
      if (used.length) offer(words, [], unfiltered, () => { used.forEach((filter) => { filter.value = ""; }); });
      if (words.length > 1) words.forEach((word) => offer([word], askedBy(used), alone, () => { box.value = word; }));
    }
    if (words.length && kind && !kind.value) {
      offer(words, [...askedBy(used), ["kind", ASIDE]], aside, () => { kind.value = ASIDE; });
    }
    part(".ways-out").replaceChildren(...ways);
  }

  function draw() {
    indexAll();
    const words = wordsOf(box.value);
    answer = { words, lines: matching(words, askedBy(chosen())) };
    const count = answer.lines.length;
    const groups = new Set(answer.lines.map((line) => line.group)).size;
    const values = { lines: inLines(count), groups: counted(results.dataset.groups, groups) };
    drawConcerns();
    const nothing = part(".in-concerns").hidden ? results.dataset.nothing : values.lines;
    status.textContent = count ? filled(results.dataset.found, values) : nothing;
    const used = chosen().map((filter) => filter.selectedOptions[0].text);
    const search = [...(words.length ? [`“${box.value.trim()}”`] : []), ...used].join(", ");
    part(".printed").textContent = filled(results.dataset.printed, { search, found: status.textContent });
    part(".nothing").hidden = count > 0;
    drawLines(shown);
    drawWaysOut();
  }

  /* The address: `#find?q=water&group=Soil`. A search is an entry of the history, so that the way back from a line that
     was found leads to it, and the way back from a search to the report. */
  const PREFIX = "#find?";
  const layout = form.closest(".layout");
  const fields = [box, ...filters];
  const wide = matchMedia("(min-width: 68rem)");
  let before = { address: "", top: 0 };
  let cameFrom = null; // where the page was before a key brought the box into view
  let waiting = 0;
  const searching = () => !results.hidden;

  function address() {
    const asked = fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value);
    return PREFIX + new URLSearchParams(asked);
  }

  /* Some browsers refuse a new address, or too many in a short time; the search works without. */
  function keep(method, state, url) {
    try {
      history[method](state, "", url);
    } catch (refused) {
      console.debug(refused);
    }
  }

  function remember() {
    clearTimeout(waiting);
    keep("replaceState", { shown, top: results.scrollTop }, address());
  }

  /* On a wide window what was found stands beside the box, over the report; on a narrow one below it. */
  function place() {
    if (wide.matches) {
      results.style.top = "";
      scrollBy(0, results.getBoundingClientRect().top);
    } else {
      layout.scrollIntoView();
      results.style.top = `${form.getBoundingClientRect().bottom}px`;
    }
  }

  function show(top) {
    document.body.classList.add("finding");
    results.hidden = clear.hidden = false;
    draw();
    place();
    results.scrollTop = top;
  }

  function hide() {
    clearTimeout(waiting);
    document.body.classList.remove("finding");
    results.hidden = clear.hidden = true;
    status.textContent = "";
    fields.forEach((field) => { field.value = ""; });
    part(".in-lines").replaceChildren();
  }

  function begin() {
    before = { address: location.href, top: cameFrom ?? scrollY };
    // The entry that an ended search leaves behind is taken for the next one.
    keep(history.state?.ended ? "replaceState" : "pushState", {}, address());
  }

  /* Ends the search where it began. */
  function end() {
    const left = results.contains(document.activeElement) || document.activeElement === clear;
    hide();
    keep("replaceState", { ended: true }, before.address || location.href.split("#")[0]);
    scrollTo(0, before.top);
    if (left) box.focus({ preventScroll: true });
  }

  /* Called when somebody changes what is searched for. */
  function changed() {
    if (!box.value.trim() && !chosen().length) {
      if (searching()) end();
      return;
    }
    if (!searching()) begin();
    shown = PAGE;
    allConcerns = false;
    show(0);
    clearTimeout(waiting);
    waiting = setTimeout(remember, 300);
  }

  /* Shows what the address asks for: after a link, on load, and on the way back and forth. */
  function follow() {
    if (location.hash.startsWith(PREFIX)) {
      const asked = new URLSearchParams(location.hash.slice(PREFIX.length));
      fields.forEach((field) => { field.value = asked.get(field.name) ?? ""; });
      filters.forEach((filter) => { if (filter.selectedIndex < 0) filter.value = ""; });
      if (chosen().length) more.open = true;
      shown = history.state?.shown ?? PAGE;
      show(history.state?.top ?? 0);
    } else if (searching()) {
      hide();
      scrollTo(0, before.top); // or to what the address names (script.js)
    }
  }

  // The report is there before the browser follows a link out of a search.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || !searching()) return;
    remember();
    if (link.getAttribute("href").startsWith("#")) hide();
  });
  addEventListener("popstate", follow);
  // Nobody is left on a part of the report that lies below what was found.
  document.querySelector("main").addEventListener("focusin", () => { if (searching()) end(); });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && searching() && !event.isComposing) {
      event.preventDefault();
      end();
    }
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      const top = scrollY;
      box.focus();
      box.select();
      cameFrom = top;
    }
  });
  box.addEventListener("blur", () => { cameFrom = null; });
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    [...results.querySelectorAll("a, button")].find((element) => element.checkVisibility())?.focus();
  });
  clear.addEventListener("click", end);
  part(".more").addEventListener("click", () => {
    const last = results.querySelectorAll(".said > li").length;
    shown += PAGE;
    drawLines(shown);
    results.querySelectorAll(".said > li")[last].querySelector("a").focus();
  });
  part(".more-concerns").addEventListener("click", () => {
    const last = results.querySelectorAll(".in-concerns li").length;
    allConcerns = true;
    drawConcerns();
    results.querySelectorAll(".in-concerns li")[last].querySelector("a").focus();
  });
  addEventListener("beforeprint", () => { if (searching()) drawLines(Infinity); });
  addEventListener("afterprint", () => { if (searching()) drawLines(shown); });
  const more = form.querySelector("details");
  more.open = wide.matches;
  for (const [target, event] of [[more, "toggle"], [window, "resize"]]) {
    target.addEventListener(event, () => { if (searching()) place(); });
  }
  form.hidden = false;
  addEventListener("load", () => setTimeout(indexSome));
  follow();
})();
