"use strict";
// Asks for confirmation before the editor leaves a form with unsaved changes. The browser provides the text.
{
  const forms = [...document.querySelectorAll('#content-main form[method="post"]:not(#changelist-form)')];
  const said = (form) =>
    JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name === undefined ? value : value.name]));
  const atFirst = new Map();
  // A form with errors is unsaved too.
  const isRefused = forms.length > 0 && Boolean(document.querySelector("#content .errornote"));
  let isSent = false;

  addEventListener("load", () => setTimeout(() => forms.forEach((form) => atFirst.set(form, said(form)))));
  addEventListener("submit", () => (isSent = true));
  addEventListener("pageshow", (event) => event.persisted && (isSent = false));
  addEventListener("beforeunload", (event) => {
    const isChanged = isRefused || forms.some((form) => atFirst.has(form) && atFirst.get(form) !== said(form));
    if (!isSent && isChanged) event.preventDefault();
  });
}
