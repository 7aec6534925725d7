// Keyboard control of the ceremony view. It loads the next slide into the current page, so that full screen is kept. A
// request that reveals a winner is retried if the server does not respond; the winner appears only after the server has
// confirmed. Without JavaScript, the links and buttons of each page do the same.
(() => {
  "use strict";
  const TRIES = 4;
  const WAIT = 1500;
  const PATIENCE = 8000;
  const fault = document.querySelector(".fault");
  let busy = false;

  // The audience sees only a small mark on the operator's bar.
  function warn(text) {
    fault.textContent = text;
    document.querySelector(".controls")?.toggleAttribute("data-fault", Boolean(text));
  }

  const pause = (time) => new Promise((done) => setTimeout(done, time));

  async function ask(url, options) {
    for (let tried = 1; ; tried += 1) {
      try {
        const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE) });
        // A response with status 409 explains on its page why the request was refused. Other errors are retried.
        if (answer.ok || answer.status === 409) return answer;
        throw new Error(answer.status);
      } catch (error) {
        if (tried === TRIES) throw error;
        warn(fault.dataset.trying);
        await pause(WAIT);
      }
    }
  }

  async function go(url, options = {}) {
    if (busy) return;
    busy = true;
    try {
      const answer = await ask(url, options);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector(".screening main");
      // Signed out in the meantime, or not a slide: let the browser show the page.
      if (!next) location.assign(answer.url);
      else {
        // Keep the operator's bar open.
        const opened = document.querySelector(".controls[open]");
        document.querySelector("main").replaceWith(next);
        next.querySelector(".controls")?.toggleAttribute("open", Boolean(opened));
        document.title = page.title;
        history.pushState(null, "", answer.url);
        fault.textContent = "";
      }
    } catch {
      warn(fault.dataset.offline);
    } finally {
      busy = false;
    }
  }

  function follow(name) {
    const way = document.querySelector(`[data-${name}]`);
    if (!way) return false;
    if (name === "leave") location.assign(way.href);
    else if (way instanceof HTMLFormElement) go(way.action, { method: "POST", body: new FormData(way) });
    else go(way.href);
    return true;
  }

  const KEYS = { ArrowLeft: "back", Backspace: "back", PageUp: "back", Escape: "leave" };
  for (const key of [" ", "ArrowRight", "Enter", "PageDown"]) KEYS[key] = "forward";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    // If a link or button has the focus, these keys activate it.
    if ([" ", "Enter"].includes(event.key) && event.target.closest("a, button, summary")) return;
    if (event.key.toLowerCase() === "c") document.querySelector(".controls")?.toggleAttribute("open");
    else if (event.key.toLowerCase() === "f") {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen?.().catch(() => {});
    } else if (KEYS[event.key] && follow(KEYS[event.key])) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link?.matches("[data-begin]")) {
      event.preventDefault();
      document.documentElement.requestFullscreen?.().catch(() => {});
      go(link.href);
    } else if (link?.matches("[data-forward], [data-back]")) {
      event.preventDefault();
      go(link.href);
    } else if (!link && !event.target.closest("button, .controls") && document.querySelector(".slide")) follow("forward");
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-forward], [data-begin]")) return;
    event.preventDefault();
    if (form.matches("[data-forward]")) return void follow("forward");
    document.documentElement.requestFullscreen?.().catch(() => {});
    go(form.action, { method: "POST", body: new FormData(form) });
  });

  addEventListener("popstate", () => location.reload());
})();
