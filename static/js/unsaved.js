"use strict";
// Whoever leaves a form in which something was typed is asked first. Browsers say it in their own words.
{
  const forms = [...document.querySelectorAll('#content-main form[method="post"]:not(#changelist-form)')];
  const said = (form) =>
    JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name === undefined ? value : value.name]));
  const atFirst = new Map();
  // What was refused is not saved either.
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
