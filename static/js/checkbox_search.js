"use strict";
// Adds a search field and the names of the chosen options above a long list of checkboxes. Chosen options come first.
document.addEventListener("DOMContentLoaded", () => {
  for (const boxes of document.querySelectorAll("div.many-boxes")) {
    const { search } = boxes.querySelector("[data-search]").dataset;
    const field = document.createElement("input");
    const label = document.createElement("label");
    const chosen = document.createElement("output");
    const head = document.createElement("div");
    field.type = "search";
    field.className = "vTextField";
    field.id = `${boxes.id}-search`;
    label.htmlFor = field.id;
    label.textContent = search;
    head.className = "boxes-head";
    head.append(chosen, label, field);

    const LETTERS = { ł: "l", ø: "o", đ: "d", æ: "ae", œ: "oe", ß: "ss", ı: "i" };
    const plain = (text) =>
      text
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[łøđæœßı]/g, (letter) => LETTERS[letter]);
    const lines = [...boxes.querySelectorAll("label")].map((line) => ({
      row: line.closest("div"),
      box: line.querySelector("input"),
      name: line.textContent.trim(),
    }));

    const show = () => {
      const names = lines.filter(({ box }) => box.checked).map(({ name }) => name);
      chosen.textContent = names.join(", ");
    };
    const find = () => {
      const asked = plain(field.value.trim());
      for (const { row, box, name } of lines) row.hidden = !box.checked && !plain(name).includes(asked);
    };
    field.addEventListener("input", find);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // Without this, Enter would save the form.
      const found = lines.filter(({ row, box }) => !row.hidden && !box.checked);
      if (field.value.trim() && found.length === 1) found[0].box.click();
    });
    boxes.addEventListener("change", ({ target }) => {
      const { row } = lines.find(({ box }) => box === target);
      if (target.checked) {
        row.parentElement.prepend(row);
        field.value = "";
        find();
        boxes.scrollTop = 0;
        target.focus({ preventScroll: true });
      }
      show();
    });
    boxes.before(head);
    show();
  }
});
