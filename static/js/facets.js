"use strict";

// Hides the options of a filter that do not contain what the visitor types.
{
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  document.addEventListener("input", ({ target }) => {
    if (!target.matches(".facets .find")) return;
    for (const option of target.closest("details").querySelectorAll(".options > li")) {
      option.hidden = !plain(option.textContent).includes(plain(target.value.trim()));
    }
  });
}
