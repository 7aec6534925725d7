// Narrows, orders and pages a list in place. Every link works without this: here its page is fetched, and what has
// changed is taken out of it. Whatever goes wrong, the browser follows the link as it would have.
(() => {
  "use strict";
  const SWAPPED = ["main", ".language-switch", ".print-address", "link[rel=canonical]"];
  const MOST = 20;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  status.setAttribute("role", "status");
  document.body.append(status);
  let shown = location.pathname + location.search;
  let asking = new AbortController();
  // What each entry of the history showed, and where its focus was: the way back asks for nothing.
  const left = new Map();
  const mark = () => Math.random().toString(36).slice(2);
  let here = history.state?.here ?? mark();
  history.replaceState({ ...history.state, here }, "");

  const counted = () => document.querySelector("main .count") ?? document.querySelector("main h1");
  const keep = () => history.replaceState({ ...history.state, top: scrollY }, "");
  const parts = (page) => SWAPPED.map((name) => page.querySelector(name));

  function leave(focus) {
    left.set(here, { parts: parts(document), title: document.title, focus });
    if (left.size > MOST) left.delete(left.keys().next().value);
  }

  async function show(url) {
    asking.abort();
    asking = new AbortController();
    document.querySelector("main").setAttribute("aria-busy", "true");
    const answer = await fetch(url, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || new URL(answer.url).pathname !== url.pathname) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("main")) throw new Error("no page");
    // What a visitor has unfolded stays so.
    const folds = [...page.querySelectorAll("main :is(.facets, .facets .more)")];
    [...document.querySelectorAll("main :is(.facets, .facets .more)")].forEach((fold, place) => {
      if (fold.open && folds[place]) folds[place].open = true;
    });
    return { parts: parts(page), title: page.title };
  }

  async function swap(page) {
    const change = () => {
      document.title = page.title;
      parts(document).forEach((now, place) => {
        if (now && page.parts[place]) now.replaceWith(page.parts[place]);
      });
      document.querySelector("main").removeAttribute("aria-busy");
    };
    if (document.startViewTransition && !still.matches) {
      const transition = document.startViewTransition(change);
      // One that is cut short by the next, or by leaving, is no fault.
      for (const end of [transition.ready, transition.finished]) end.catch(() => {});
      await transition.updateCallbackDone;
    } else change();
    shown = location.pathname + location.search;
  }

  function arrive(again) {
    again?.focus({ preventScroll: true });
    if (!again || document.activeElement !== again) {
      const count = counted();
      count.tabIndex = -1;
      count.focus({ preventScroll: true });
    }
    status.textContent = [counted(), document.querySelector("main .position")].map((one) => one?.textContent).filter(Boolean).join(", ");
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("main a[href]");
    if (!link || event.defaultPrevented || event.button) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.pathname !== location.pathname || url.hash) return;
    event.preventDefault();
    try {
      const page = await show(url);
      keep();
      leave(link);
      here = mark();
      history.pushState({ here }, "", url);
      await swap(page);
      if (link.closest(".pagination")) counted().scrollIntoView({ block: "start" });
      arrive(link.id ? document.getElementById(link.id) : null);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    }
  });

  addEventListener("scrollend", keep);
  addEventListener("popstate", async ({ state }) => {
    if (location.pathname + location.search === shown) return;
    asking.abort();
    leave(document.activeElement);
    here = state?.here ?? mark();
    const before = left.get(here);
    try {
      await swap(before ?? (await show(new URL(location.href))));
      scrollTo({ top: state?.top ?? 0, behavior: "instant" });
      arrive(before?.focus);
    } catch (error) {
      if (error.name !== "AbortError") location.reload();
    }
  });
})();
