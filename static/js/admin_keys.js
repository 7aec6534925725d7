"use strict";
// Keyboard shortcuts of the admin: "/" goes to the search of a list, Ctrl+S (⌘ S) saves a form. The page "Keyboard" can
// turn "/" off.
{
  const SLASH_OFF = "laurel-slash-off";
  const TYPED_INTO = "input, textarea, select, [contenteditable], .select2-container";

  const search = document.querySelector("#searchbar");
  const save = document.querySelector('.submit-row [name="_continue"]') || document.querySelector(".submit-row .default");
  if (search) search.setAttribute("aria-keyshortcuts", "/");
  if (save) save.setAttribute("aria-keyshortcuts", "Control+S Meta+S");

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    const commanded = event.ctrlKey || event.metaKey;
    if (save && commanded && !event.shiftKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      // Take the focus from the field, so that its change event is fired before the form is saved.
      document.activeElement.blur();
      save.click();
    } else if (search && !commanded && event.key === "/" && !event.target.closest(TYPED_INTO) && !localStorage[SLASH_OFF]) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // On narrow screens the filters of a list are collapsed above its rows.
  const filters = document.querySelector(".list-filters");
  if (filters) {
    const narrow = matchMedia("(max-width: 767px)");
    const fit = () => (filters.open = !narrow.matches);
    narrow.addEventListener("change", fit);
    fit();
  }

  const slash = document.querySelector("#slash-key");
  if (slash) {
    slash.closest("[hidden]").hidden = false;
    slash.checked = !localStorage[SLASH_OFF];
    slash.addEventListener("change", () => {
      if (slash.checked) localStorage.removeItem(SLASH_OFF);
      else localStorage.setItem(SLASH_OFF, "1");
    });
  }

  // If no time zone is set, suggest that of the browser; a click on the button saves it.
  const zone = document.querySelector("#time-zone");
  if (zone && !zone.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}
