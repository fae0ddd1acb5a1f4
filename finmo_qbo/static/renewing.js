// A list that is renewed: what was ticked stays ticked, the focus stays in its place, and what was found is said.
(() => {
  "use strict";

  const { one, all, announce, showSelection } = window.portal;
  const PLACES = "a[href], button, input:not([type=hidden]), select";
  let before = null;

  // The part of the list that it stands in, as a selector, and which of that part's controls it is.
  function placeOf(focused, list) {
    if (!list.contains(focused)) return null;
    const row = focused.closest("[data-record]");
    const part = row ? `[data-record="${row.dataset.record}"]` : ["thead", ".bar"].find((each) => focused.closest(each));
    return { part, at: all(PLACES, part ? one(part, list) : list).indexOf(focused) };
  }

  function focusOn({ part, at }, list) {
    const scope = part ? one(part, list) : list;
    const found = scope && all(PLACES, scope)[at];
    (found || one(PLACES, list))?.focus();
  }

  // Those that were sent and are in step now are done with.
  function tick(values, list) {
    const form = one("#selection", list);
    if (!form || !values.length) return;
    for (const box of all("[data-ticks]", form)) {
      const done = one("[data-state=synced]", box.closest("[data-record]") || form);
      box.checked = values.includes(box.value) && !done;
    }
    showSelection(form);
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const list = event.detail.target;
    if (list.id !== "list" || !event.detail.shouldSwap) return;
    const scope = one("[data-scope]", list);
    before = {
      place: placeOf(document.activeElement, list),
      ticked: scope?.value === "ticked" ? all("[data-ticks]:checked", list).map((box) => box.value) : [],
      asked: event.detail.requestConfig.elt.matches(".filters"),
    };
  });

  document.addEventListener("htmx:load", (event) => {
    const list = event.detail.elt;
    if (list.id !== "list" || !before) return;
    tick(before.ticked, list);
    if (before.place && document.activeElement === document.body) focusOn(before.place, list);
    if (before.asked && list.dataset.found) announce(list.dataset.found);
    before = null;
  });
})();
