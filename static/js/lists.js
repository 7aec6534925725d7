// Narrows, orders and pages a list in place. Every link works without this: here its page is fetched, and what has
// changed is taken out of it. Whatever goes wrong, the browser follows the link as it would have.
(() => {
  "use strict";
  const SWAPPED = ["main", ".language-switch", ".print-address", "link[rel=canonical]"];
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  status.setAttribute("role", "status");
  document.body.append(status);
  let shown = location.pathname + location.search;
  let asking = new AbortController();

  const counted = () => document.querySelector("main .count") ?? document.querySelector("main h1");
  const keep = () => history.replaceState({ ...history.state, top: scrollY }, "");

  async function show(url) {
    asking.abort();
    asking = new AbortController();
    document.querySelector("main").setAttribute("aria-busy", "true");
    const answer = await fetch(url, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || new URL(answer.url).pathname !== url.pathname) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("main")) throw new Error("no page");
    return page;
  }

  async function swap(page) {
    const change = () => {
      document.title = page.title;
      for (const name of SWAPPED) {
        const now = document.querySelector(name);
        const next = page.querySelector(name);
        if (!now || !next) continue;
        // What a visitor has unfolded stays so.
        const folds = [...next.querySelectorAll(".facets, .facets .more")];
        [...now.querySelectorAll(".facets, .facets .more")].forEach((fold, place) => {
          if (fold.open && folds[place]) folds[place].open = true;
        });
        now.replaceWith(next);
      }
    };
    if (document.startViewTransition && !still.matches) {
      const transition = document.startViewTransition(change);
      // One that is cut short by the next, or by leaving, is no fault.
      for (const end of [transition.ready, transition.finished]) end.catch(() => {});
      await transition.updateCallbackDone;
    } else change();
    shown = location.pathname + location.search;
  }

  function arrive(id, isPage) {
    const count = counted();
    if (isPage) count.scrollIntoView({ block: "start" });
    const again = id ? document.getElementById(id) : null;
    again?.focus({ preventScroll: true });
    if (!again || document.activeElement !== again) {
      count.tabIndex = -1;
      count.focus();
    }
    status.textContent = count.textContent;
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
      history.pushState({}, "", url);
      await swap(page);
      arrive(link.id, Boolean(link.closest(".pagination")));
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    }
  });

  addEventListener("scrollend", keep);
  addEventListener("popstate", async (event) => {
    const { state } = event;
    if (location.pathname + location.search === shown) return;
    try {
      await swap(await show(new URL(location.href)));
      scrollTo({ top: state?.top ?? 0, behavior: "instant" });
      status.textContent = counted().textContent;
    } catch (error) {
      if (error.name !== "AbortError") location.reload();
    }
  });
})();
