
/* Tables of several rows are sorted by a button in the head of each column: the largest numbers or the first names come
   first, then last, and then the rows are as before. Rows that are equal stay in the order of the table. */
(() => {
  const LEAST = 3;
  const names = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const titleOf = (cell) => (cell.querySelector("bdi") ?? cell).textContent.trim();

  /* How to compare the rows by a column, and in which direction first. */
  function comparison(rows, column) {
    const values = new Map(rows.map((row) => [row, titleOf(row.cells[column])]));
    const isNumber = [...values.values()].every((value) => !value || /^\d/.test(value));
    const number = (row) => Number.parseInt(values.get(row) || "-1", 10);
    return isNumber
      ? { first: "descending", compare: (one, other) => number(one) - number(other) }
      : { first: "ascending", compare: (one, other) => names.compare(values.get(one), values.get(other)) };
  }

  function makeSortable(table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    if (rows.length < LEAST) return;
    heads.forEach((head, column) => {
      const title = titleOf(head);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.setAttribute("aria-label", table.dataset.sort.replace("{column}", title));
      button.addEventListener("click", () => {
        const { first, compare } = comparison(rows, column);
        const directions = [null, first, first === "ascending" ? "descending" : "ascending"];
        const direction = directions[(directions.indexOf(head.getAttribute("aria-sort")) + 1) % directions.length];
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        if (direction) head.setAttribute("aria-sort", direction);
        const sign = direction === "descending" ? -1 : 1;
        body.append(...(direction ? [...rows].sort((one, other) => sign * compare(one, other)) : rows));
      });
      head.abbr = title; // what is read aloud with each cell
      head.append(button);
    });
  }
  // In a task of its own, once the report is there to be read.
  addEventListener("load", () => setTimeout(() => document.querySelectorAll("table[data-sort]").forEach(makeSortable)));
})();
