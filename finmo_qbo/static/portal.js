// What every page of the portal needs beyond HTML: local times, dialogs, selection, notices.
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- times in the reader's own zone and way ---------------------------------------------

  const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

  function showTimes(root) {
    for (const time of all("time[data-moment]", root)) {
      const moment = new Date(time.dateTime);
      time.textContent = short.format(moment);
      time.title = full.format(moment);
      time.removeAttribute("data-moment");
    }
  }

  // --- notices ----------------------------------------------------------------------------

  // All that is outside of an open dialog is silent while it is open, and behind it.
  const openDialog = () => all("dialog[open]").find((dialog) => one(".announcer", dialog));

  function announce(sentence) {
    const dialog = openDialog();
    (dialog ? one(".announcer", dialog) : one("#announcer")).textContent = sentence;
  }

  function shown(sentence, bad) {
    const note = document.createElement("p");
    note.className = `toast${bad ? " toast-bad" : ""}`;
    note.textContent = sentence;
    (openDialog() || document.body).append(note);
    announce(sentence);
    return note;
  }

  function notice(sentence, bad = false) {
    const note = shown(sentence, bad);
    setTimeout(() => note.remove(), 5000);
  }

  document.addEventListener("notice", (event) => notice(event.detail.sentence));

  // --- what a finished run changed on the page that started it ----------------------------------

  const asShown = (select) => Math.max([...select.options].findIndex((option) => option.defaultSelected), 0);
  const chosen = (part) => all("select", part).some((select) => select.selectedIndex !== asShown(select));
  // Or a question is being read.
  const touched = (part) => chosen(part) || one("dialog[open]", part);

  // A choice that was made meanwhile is not taken away; what there is to choose from is renewed around it.
  function renewOptions(part, fresh) {
    for (const select of all("select", part)) {
      const now = select.id && one(`#${CSS.escape(select.id)}`, fresh);
      if (!now || now.innerHTML === select.innerHTML) continue;
      const chosen = select.value;
      select.replaceChildren(...now.options);
      if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
    }
  }

  let finished = 0;

  document.addEventListener("run-finished", async (event) => {
    announce(event.detail.sentence);
    const parts = all("[data-fresh]");
    if (!parts.length) return;
    const mine = ++finished;
    const answer = await fetch(location.href);
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Another run ended meanwhile, whose answer says more: one that is late says what was.
    if (mine !== finished) return;
    for (const part of parts) {
      const fresh = now.getElementById(part.id);
      if (!fresh) continue;
      if (touched(part)) {
        renewOptions(part, fresh);
        continue;
      }
      const at = part.contains(document.activeElement) && document.activeElement;
      part.replaceWith(fresh);
      htmx.process(fresh);
      showTimes(fresh);
      if (at) (document.getElementById(at.id) || one("a, button", fresh))?.focus();
    }
    // The pressed button was switched off meanwhile, which let go of the focus.
    if (document.activeElement === document.body) one("dialog[open] [tabindex='-1']")?.focus();
  });

  // --- what Finmo did not answer ------------------------------------------------------------

  const UNREACHABLE = "Finmo cannot be reached. Check your connection";
  const STALE = "You signed in again meanwhile. Reload this page and try again; nothing was changed.";
  const ASKS_AGAIN_MS = 5000;
  const askAgain = (progress) => progress.isConnected && htmx.trigger(progress, "again");

  // A run's progress says so in its own place, and asks again by itself: no bar without an end.
  function lost(progress, sentence, again) {
    one("progress", progress)?.remove();
    one(".progress-sentence", progress).textContent = sentence;
    progress.classList.toggle("is-lost", again);
    if (again) setTimeout(() => askAgain(progress), ASKS_AGAIN_MS);
  }

  // A switch that could not be saved shows again what is true.
  function switchBack(form) {
    const toggle = form.matches?.(".switch") && one("[role=switch]", form);
    if (toggle) toggle.checked = !toggle.checked;
  }

  // A form asks with every key: one notice tells it, and stays until Finmo is reached again.
  let cutOff = null;

  function tellCutOff() {
    if (cutOff) (openDialog() || document.body).append(cutOff);
    else cutOff = shown(`${UNREACHABLE} and try again.`, true);
  }

  function tellReached() {
    cutOff?.remove();
    cutOff = null;
  }

  document.addEventListener("htmx:beforeOnLoad", tellReached);
  window.addEventListener("online", () => {
    tellReached();
    all(".progress.is-lost").forEach(askAgain);
  });

  document.addEventListener("htmx:sendError", (event) => {
    const progress = event.detail.elt.closest?.(".progress");
    if (progress) return lost(progress, `${UNREACHABLE}; this page asks again by itself.`, true);
    tellCutOff();
    switchBack(event.target);
  });

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const progress = event.detail.elt.closest?.(".progress");
    if (progress && status >= 500) return lost(progress, "Finmo does not answer. This page asks again by itself.", true);
    const sentences = { 403: "Your role does not allow this.", 404: "This is not here any more. Reload the page." };
    const stale = event.detail.xhr.getResponseHeader("X-Stale-Form") && STALE;
    const sentence = stale || sentences[status] || "This did not work. Nothing was changed; try again in a minute.";
    if (progress) return lost(progress, sentence, false);
    notice(sentence, true);
    switchBack(event.target);
  });

  // --- dialogs, menus, small things that are pressed ---------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
    if (button.dataset.toggles) {
      const open = document.getElementById(button.dataset.toggles).classList.toggle("is-open");
      button.setAttribute("aria-expanded", open);
    }
    if ("copies" in button.dataset) {
      const text = one("[data-copied]", button.parentElement).innerText;
      navigator.clipboard.writeText(text).then(() => notice("Copied."), () => notice("Copying is not allowed here. Mark the text instead.", true));
    }
  });

  document.addEventListener("submit", (event) => {
    const closes = event.target.dataset.closes;
    if (closes) document.getElementById(closes).close();
  });

  // What was sent is not sent again by a second press, until it was answered or has taken too long.
  const PRESSED_MS = 10_000;
  const forget = (form) => delete form.dataset.sent;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "true";
    setTimeout(forget, PRESSED_MS, form);
  });
  // Back to a page that the browser had kept as it was.
  window.addEventListener("pageshow", () => {
    all("form[data-sent]").forEach(forget);
    // A browser ticks again what was ticked when the page was left.
    const selection = one("#selection");
    if (selection && one("[data-ticks]", selection)) showSelection(selection);
  });

  document.addEventListener("change", (event) => {
    if ("submits" in event.target.dataset) event.target.form.requestSubmit();
  });

  // An address that can be shared names only what was chosen.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches(".filters")) return;
    for (const [name, value] of [...event.detail.formData]) if (!value) event.detail.formData.delete(name);
  });

  // --- selection of rows --------------------------------------------------------------------

  function showSelection(form, state) {
    const boxes = all("[data-ticks]", form);
    const ticked = boxes.filter((box) => box.checked).length;
    const shown = state || (ticked ? "ticked" : "none");
    one("[data-scope]", form).value = shown === "ticked" ? "ticked" : "all";
    one("[data-count]", form).textContent = ticked;
    for (const part of all("[data-when]", form)) part.hidden = !part.dataset.when.split(" ").includes(shown);
    const page = one("[data-selects=page]", form);
    page.checked = ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    for (const box of boxes) box.closest("tr").classList.toggle("is-ticked", box.checked);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("#selection");
    if (!form) return;
    if (event.target.dataset.selects === "page") {
      for (const box of all("[data-ticks]", form)) box.checked = event.target.checked;
    }
    showSelection(form);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#selection button[data-selects]");
    if (!button) return;
    const everything = button.dataset.selects === "all";
    for (const box of all("#selection [data-ticks]")) box.checked = everything;
    showSelection(button.form, everything ? "all" : "none");
  });

  // --- drafts that were sent and taken ---------------------------------------------------------

  // Still on the sign-in page, or on the form again: not taken yet, so the draft stays.
  const sent = sessionStorage.getItem("draft sent");
  if (sent && one(".frame") && !one("form[data-draft]")) {
    sessionStorage.removeItem(sent);
    sessionStorage.removeItem("draft sent");
  }

  // --- once, and for everything that is loaded later ------------------------------------------

  document.addEventListener("htmx:load", (event) => showTimes(event.detail.elt));
  showTimes(document);
  one("[data-focus]")?.focus();
  window.portal = { one, all, notice, announce, showSelection };
})();
