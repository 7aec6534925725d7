// Filters and sorts a list without reloading the page. On failure, the browser opens the link.
(() => {
  "use strict";
  const SWAPPED = ["main", ".language-switch", ".print-address", "link[rel=canonical]"];
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
  document.body.append(status);
  // Content and focus of each history entry.
  const left = new Map();
  const mark = () => Math.random();
  const address = () => location.pathname + location.search;
  let shown = address();
  let here = history.state?.here ?? mark();
  let asking = new AbortController();
  const one = (name) => document.querySelector(name);
  const parts = (page) => SWAPPED.map((name) => page.querySelector(name));
  const counted = () => one("main .count") ?? one("main h1");
  const keep = () => history.replaceState({ here, top: scrollY }, "");
  keep();

  function leave(focus) {
    if (left.size > 20) left.clear();
    left.set(here, { parts: parts(document), title: document.title, focus });
  }

  async function show(url) {
    asking.abort();
    asking = new AbortController();
    one("main").ariaBusy = "true";
    const answer = await fetch(url, { signal: asking.signal });
    if (!answer.ok || new URL(answer.url).pathname !== url.pathname) throw new Error();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Keep opened sections open.
    const folds = (of) => of.querySelectorAll("main :is(.facets, .more)");
    const next = folds(page);
    folds(document).forEach((fold, index) => {
      if (fold.open && next[index]) next[index].open = true;
    });
    return { parts: parts(page), title: page.title };
  }

  async function swap({ parts: next, title }) {
    if (!next[0]) throw new Error();
    const change = () => {
      document.title = title;
      parts(document).forEach((now, index) => next[index] && now?.replaceWith(next[index]));
      next[0].ariaBusy = null;
    };
    if (document.startViewTransition && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      const transition = document.startViewTransition(change);
      Promise.allSettled([transition.ready, transition.finished]); // may be interrupted
      await transition.updateCallbackDone;
    } else change();
    shown = address();
  }

  function arrive(again) {
    again?.focus({ preventScroll: true });
    const count = counted();
    if (!again || document.activeElement !== again) {
      count.tabIndex = -1;
      count.focus({ preventScroll: true });
    }
    status.textContent = [count, one("main .position")].flatMap((each) => each?.textContent ?? []).join(", ");
  }

  addEventListener("click", async (event) => {
    const link = event.target.closest?.("main a[href]");
    if (!link || event.defaultPrevented || event.button || link.target) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.origin + url.pathname !== location.origin + location.pathname || url.hash) return;
    event.preventDefault();
    try {
      const page = await show(url);
      keep();
      leave(link);
      here = mark();
      history.pushState({ here }, "", url);
      await swap(page);
      if (link.closest(".pagination")) counted().scrollIntoView();
      arrive(document.getElementById(link.id));
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    }
  });

  addEventListener("scrollend", keep);
  addEventListener("popstate", async ({ state }) => {
    if (address() === shown) return;
    asking.abort();
    leave(document.activeElement);
    here = state?.here ?? mark();
    const before = left.get(here);
    try {
      await swap(before ?? (await show(new URL(location))));
      scrollTo(0, state?.top ?? 0);
      arrive(before?.focus);
    } catch (error) {
      if (error.name !== "AbortError") location.reload();
    }
  });
})();
