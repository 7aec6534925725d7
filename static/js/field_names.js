"use strict";
// Adds accessible names for screen readers to Select2 boxes and to the empty corner cell of inline tables. Copies the
// headings of tables whose rows may take several lines to their cells (static/css/admin_rows.css).
{
  const nameOf = (select) =>
    select.getAttribute("aria-label") || document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.textContent.trim();

  const tell = (container) => {
    const select = container.previousElementSibling;
    const name = select?.matches("select") && nameOf(select);
    if (!name) return;
    const box = container.querySelector(".select2-selection");
    const shown = container.querySelector(".select2-selection__rendered");
    const typed = container.querySelector(".select2-search__field");
    box.setAttribute("aria-label", name.replace(/:$/, ""));
    if (typed) {
      typed.setAttribute("aria-label", name.replace(/:$/, ""));
    } else {
      // The name consists of the label and the chosen value. The value has no role of its own.
      shown.removeAttribute("role");
      shown.removeAttribute("aria-readonly");
      box.id = `${shown.id}-box`;
      box.setAttribute("aria-labelledby", `${box.id} ${shown.id}`);
    }
  };

  const tellAll = (node) => {
    // An icon needs the role "img" to have a label.
    node.querySelectorAll?.(".help-tooltip[aria-label]").forEach((icon) => icon.setAttribute("role", "img"));
    if (node.matches?.(".select2-container--admin-autocomplete:not(.select2-container--open)")) tell(node);
    else node.querySelectorAll?.(".select2-container--admin-autocomplete").forEach(tell);
  };

  for (const corner of document.querySelectorAll("th.original:empty")) {
    const cell = document.createElement("td");
    cell.className = corner.className;
    corner.replaceWith(cell);
  }
  for (const table of document.querySelectorAll(".several-lines table")) {
    const headings = [...table.tHead.rows[0].cells];
    table.dataset.labelled = "";
    for (const row of table.querySelectorAll("tr.form-row")) {
      [...row.cells].forEach((cell, place) => {
        const heading = headings[place];
        const name = heading?.textContent.trim();
        if (!name) return;
        cell.dataset.label = name;
        cell.title = heading.querySelector("img")?.title ?? "";
      });
    }
  }
  tellAll(document);
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(tellAll);
  }).observe(document.body, { childList: true, subtree: true });
}
