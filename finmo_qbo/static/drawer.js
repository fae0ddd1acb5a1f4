// The sidebar of a record: its own address, Escape and Back close it, focus stays inside and is given back.
(() => {
  "use strict";

  const { one } = window.portal;
  const drawer = one("#drawer");
  if (!drawer) return;
  // Set while our own step back is under way, so that it is not taken for the person's.
  let steppingBack = false;

  async function open(address) {
    one("#drawer-started")?.replaceChildren();
    await htmx.ajax("GET", address, { target: "#drawer-body", swap: "innerHTML" });
    if (!drawer.open) drawer.showModal();
    one("#drawer-title")?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState({ drawer: true }, "", link.href);
    open(link.href);
  });

  document.addEventListener("click", (event) => {
    const closes = event.target.closest("[data-closes-drawer]");
    // A press on the dim ground beside the sidebar lands on the dialog itself.
    if (!closes && event.target !== drawer) return;
    event.preventDefault();
    drawer.close();
  });

  drawer.addEventListener("close", () => {
    if (history.state?.drawer) {
      steppingBack = true;
      history.back();
    } else if (location.pathname !== drawer.dataset.list) {
      history.replaceState(null, "", drawer.dataset.list + location.search);
    }
  });

  window.addEventListener("popstate", () => {
    if (steppingBack) steppingBack = false;
    else if (history.state?.drawer) open(location.href);
    else if (drawer.open) drawer.close();
    else location.reload();
  });

  // Without this mark htmx would restore the page itself, and the selection would be lost.
  document.addEventListener("htmx:pushedIntoHistory", () => history.replaceState({}, ""));

  if ("opened" in drawer.dataset) {
    drawer.removeAttribute("open");
    drawer.showModal();
    one("#drawer-title")?.focus();
  }
})();
