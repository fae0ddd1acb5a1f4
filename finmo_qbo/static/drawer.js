// The sidebar of a record: its own address, Escape and Back close it, focus stays inside and is given back.
(() => {
  "use strict";

  const { one, all } = window.portal;
  const drawer = one("#drawer");
  if (!drawer) return;
  // Set while our own step back is under way, so that it is not taken for the person's.
  let steppingBack = false;
  // The address that is shown or asked for.
  let shown = "";

  // Whether the record came. Nothing of another one is left, whose buttons would be taken for this one's.
  async function open(address) {
    shown = address;
    one("#drawer-body").replaceChildren();
    try {
      await htmx.ajax("GET", address, { target: "#drawer-body", swap: "innerHTML" });
    } catch {
      // No answer at all; the page has said so.
    }
    // Another one was asked for meanwhile.
    if (shown !== address) return false;
    const title = one("#drawer-title");
    if (!title) {
      if (drawer.open) drawer.close();
      return false;
    }
    if (!drawer.open) drawer.showModal();
    title.focus();
    return true;
  }

  const backToList = () => history.replaceState(null, "", drawer.dataset.list + location.search);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const row = link.closest("tr");
    row.classList.add("is-asked");
    open(link.href).then((came) => {
      row.classList.remove("is-asked");
      if (came) history.pushState({ drawer: true }, "", link.href);
    });
  });

  document.addEventListener("click", (event) => {
    const closes = event.target.closest("[data-closes-drawer]");
    // A press on the dim ground beside the sidebar lands on the dialog itself; so does the second half of a double
    // press on a question that the first half answered.
    if (!closes && (event.target !== drawer || event.detail > 1)) return;
    event.preventDefault();
    drawer.close();
  });

  drawer.addEventListener("close", () => {
    if (history.state?.drawer) {
      steppingBack = true;
      history.back();
    } else if (location.pathname !== drawer.dataset.list) backToList();
    // A run that is under way is followed on in the tray.
    const started = one("#drawer-started");
    if (started && one("progress, .is-lost", started)) htmx.trigger("#tray", "asked");
    started?.replaceChildren();
    // The row that had the focus is another one where the list was renewed, or where the page began here. The focus
    // may still be on what is hidden now.
    if (document.activeElement !== document.body && !drawer.contains(document.activeElement)) return;
    const { pathname } = new URL(shown);
    all("a[data-drawer]").find((link) => link.pathname === pathname)?.focus();
  });

  window.addEventListener("popstate", () => {
    if (steppingBack) steppingBack = false;
    else if (history.state?.drawer) open(location.href).then((came) => came || backToList());
    else if (drawer.open) drawer.close();
    else location.reload();
  });

  // Without this mark htmx would restore the page itself, and the selection would be lost.
  document.addEventListener("htmx:pushedIntoHistory", () => history.replaceState({}, ""));

  if ("opened" in drawer.dataset) {
    shown = location.href;
    drawer.removeAttribute("open");
    drawer.showModal();
    one("#drawer-title")?.focus();
  }
})();
