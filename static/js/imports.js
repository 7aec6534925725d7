"use strict";
// Lets editors drop the file of an import anywhere on the upload page. Without JavaScript, they choose it.
{
  const form = document.querySelector("form[data-drop]");
  const input = form.querySelector('input[type="file"]');
  const has = (event) => [...event.dataTransfer.types].includes("Files");
  form.querySelector(".drop-hint").hidden = false;

  addEventListener("dragover", (event) => {
    if (!has(event)) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("is-over"));
  addEventListener("drop", (event) => {
    if (!has(event)) return;
    event.preventDefault();
    form.classList.remove("is-over");
    const chosen = new DataTransfer();
    chosen.items.add(event.dataTransfer.files[0]);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}
