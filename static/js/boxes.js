"use strict";
// A search above many boxes to tick: it hides the others.
for (const boxes of document.querySelectorAll("div.many-boxes")) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "vTextField";
  search.setAttribute("aria-label", boxes.querySelector("[data-search]").dataset.search);
  search.placeholder = search.getAttribute("aria-label");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  search.addEventListener("input", () => {
    for (const label of boxes.querySelectorAll("label")) {
      const isFound = plain(label.textContent).includes(plain(search.value.trim()));
      label.closest("div").hidden = !isFound && !label.querySelector("input").checked;
    }
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  boxes.before(search);
}
