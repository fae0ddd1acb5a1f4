// Forms: dropdowns with search, the grid of lines, and drafts that survive an error or a sign-in.
(() => {
  "use strict";

  const { one, all } = window.portal;
  const form = one("form[data-draft]");
  if (!form) return;

  // --- dropdown with search (the ARIA combobox pattern) ---------------------------------------

  const boxOf = (input) => input.closest("[data-combobox]");
  const listOf = (input) => one("[role=listbox]", boxOf(input));
  const optionsOf = (input) => all("[role=option]:not([aria-disabled])", listOf(input));
  const unanswered = (sentence) => `<li role="option" aria-disabled="true">${sentence}</li>`;
  const asking = new WeakMap();

  async function search(input) {
    asking.get(input)?.abort();
    const asker = new AbortController();
    asking.set(input, asker);
    const asked = input.value;
    let found = true;
    try {
      const answer = await fetch(`${input.dataset.search}?q=${encodeURIComponent(asked)}`, { signal: asker.signal });
      // To the sign-in page.
      found = !answer.redirected;
      const options = answer.ok ? await answer.text() : unanswered("Finmo does not answer. Try again in a minute.");
      // Typed on meanwhile: these options answer something else.
      if (input.value !== asked) return;
      if (found) listOf(input).innerHTML = options;
    } catch (error) {
      if (error.name === "AbortError") return;
      listOf(input).innerHTML = unanswered("Finmo cannot be reached.");
    }
    const wanted = awaited === input;
    if (pending === input) pending = null;
    if (wanted) awaited = null;
    // Only what was typed marks an option: Tab through an empty field must choose nothing.
    const first = input.value && found ? optionsOf(input)[0] : null;
    if (wanted && first) choose(input, first);
    else if (document.activeElement !== input) own(input);
    else if (found) open(input, first);
  }

  function open(input, option) {
    listOf(input).hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(input, option);
  }

  function mark(input, option) {
    for (const each of all("[role=option]", listOf(input))) each.setAttribute("aria-selected", each === option);
    if (option) {
      option.id = `${input.id}-${option.dataset.value}`;
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  const marked = (input) => one("[aria-selected=true]", listOf(input));

  function close(input) {
    asking.get(input)?.abort();
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(input, option) {
    input.value = option.dataset.text;
    one("[data-chosen]", boxOf(input)).value = option.dataset.value;
    const line = input.closest("[data-line]");
    if (line) fill(line, option.dataset);
    close(input);
    changed();
  }

  function fill(line, item) {
    one("[name$=-custom_name]", line).value = "";
    if (item.description) one("[name$=-description]", line).value = item.description;
    if (item.price) one("[name$=-unit_price]", line).value = item.price;
    const tax = one("[name$=-tax_code]", line);
    if (!tax.value && form.dataset.defaultTax) tax.value = form.dataset.defaultTax;
  }

  // `pending`: typed in, and the answer is not there yet. `awaited`: and Enter or Tab was pressed already.
  let typing = 0, pending = null, awaited = null;
  form.addEventListener("input", (event) => {
    const input = event.target;
    if (input.matches("[role=combobox]")) {
      one("[data-chosen]", boxOf(input)).value = "";
      // What was marked matched less than is typed now, and Tab would choose it.
      mark(input, null);
      clearTimeout(typing);
      pending = input;
      typing = setTimeout(() => search(input), 150);
    } else if (input.matches("[name$=-custom_name]") && input.value) {
      const box = one("[data-combobox]", input.closest("[data-line]"));
      for (const each of all("input", box)) each.value = "";
    }
  });

  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[role=combobox]") && !event.target.value) search(event.target);
  });

  form.addEventListener("focusout", (event) => {
    const input = event.target;
    if (!input.matches("[role=combobox]")) return;
    // Left by Tab before the answer came, which then decides.
    if (awaited === input) return;
    clearTimeout(typing);
    pending = null;
    close(input);
    own(input);
  });

  // What was typed and is no item of QuickBooks is a custom one.
  function own(input) {
    const custom = input.closest("[data-line]") && one("[name$=-custom_name]", input.closest("[data-line]"));
    if (custom && input.value && !custom.value && !one("[data-chosen]", boxOf(input)).value) {
      custom.value = input.value;
      input.value = "";
      changed();
    }
  }

  // Before the focus leaves the field, which would close the list.
  form.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    if (!option.hasAttribute("aria-disabled")) choose(one("[role=combobox]", option.closest("[data-combobox]")), option);
  });

  function steer(event, input) {
    const options = optionsOf(input), at = options.indexOf(marked(input));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (listOf(input).hidden) return search(input);
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(input, options[(at + step + options.length) % options.length] || null);
    } else if (event.key === "Escape" && !listOf(input).hidden) {
      event.preventDefault();
      close(input);
    } else if ((event.key === "Enter" || event.key === "Tab") && marked(input) && !listOf(input).hidden) {
      if (event.key === "Enter") event.preventDefault();
      choose(input, marked(input));
      return true;
    } else if ((event.key === "Enter" || event.key === "Tab") && pending === input && input.value) {
      // The answer to what was typed is on its way: its first option is meant, and the form is not sent yet.
      if (event.key === "Enter") event.preventDefault();
      awaited = input;
      return true;
    }
    return false;
  }

  // --- the grid of lines ----------------------------------------------------------------------

  const grid = one("[data-lines]", form);
  const changed = () => {
    form.dispatchEvent(new CustomEvent("lines-changed"));
    keep();
  };

  // A line that the answer names was removed meanwhile: the next answer is asked for already.
  form.addEventListener("htmx:beforeSwap", (event) => {
    const named = [...event.detail.serverResponse.matchAll(/id="(amount-[^"]+)"/g)];
    if (named.some(([, id]) => !document.getElementById(id))) event.detail.shouldSwap = false;
  });

  function number() {
    all("[data-order]", grid).forEach((order, index) => (order.value = index + 1));
  }

  function add() {
    const total = one("[data-total-lines]", form);
    const html = one("#empty-line").innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    grid.insertAdjacentHTML("beforeend", html);
    number();
    return grid.lastElementChild;
  }

  function remove(line) {
    const next = line.nextElementSibling || line.previousElementSibling || add();
    line.remove();
    number();
    one("[role=combobox]", next).focus();
  }

  function move(line, button) {
    if (button.dataset.moves === "up") line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    number();
    button.focus();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const line = button?.closest("[data-line]");
    if (!button || !grid) return;
    if ("addsLine" in button.dataset) one("[role=combobox]", add()).focus();
    else if (line && "removes" in button.dataset) remove(line);
    else if (line && button.dataset.moves) move(line, button);
    else return;
    changed();
  });

  // Enter goes on to the next field, and behind the last one to a new line.
  function enter(event) {
    event.preventDefault();
    const fields = all("input:not([type=hidden]), select", grid);
    const next = fields[fields.indexOf(event.target) + 1] || one("[role=combobox]", add());
    next.focus();
    next.select?.();
  }

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (input.matches("[role=combobox]") && steer(event, input)) return;
    const inGrid = grid?.contains(input) && input.matches("input, select");
    if (event.key === "Enter" && inGrid && !event.defaultPrevented) enter(event);
  });

  // --- drafts ---------------------------------------------------------------------------------

  const key = `draft ${one(".person-name")?.textContent} ${location.pathname}`;
  const SECRET = "csrfmiddlewaretoken";

  function keep() {
    const entries = [...new FormData(form)].filter(([name]) => name !== SECRET);
    sessionStorage.setItem(key, JSON.stringify(entries));
  }

  function restore(entries) {
    const values = new Map(entries);
    while (grid && Number(one("[data-total-lines]", form).value) < Number(values.get("lines-TOTAL_FORMS"))) add();
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = values.has(field.name);
      else if (values.has(field.name)) field.value = values.get(field.name);
    }
    if (grid) {
      const sent = all("[data-line]", grid).filter((line) => values.has(one("[data-order]", line).name));
      for (const line of all("[data-line]", grid)) if (!sent.includes(line)) line.remove();
      sent.sort((a, b) => one("[data-order]", a).value - one("[data-order]", b).value);
      grid.append(...sent);
    }
    one("[data-restored]", form).hidden = false;
    changed();
  }

  function forget() {
    sessionStorage.removeItem(key);
  }

  form.addEventListener("input", keep);
  form.addEventListener("submit", () => sessionStorage.setItem("draft sent", key));
  all("[data-discards]", form).forEach((each) => each.addEventListener("click", forget));

  if (grid) number();
  const kept = sessionStorage.getItem(key);
  // Only when htmx listens, so that the totals follow.
  if (kept && !one(".summary", form)) document.addEventListener("DOMContentLoaded", () => restore(JSON.parse(kept)));
})();
