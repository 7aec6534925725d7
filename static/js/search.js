"use strict";
// Search suggestions: a combobox with a listbox (ARIA Authoring Practices). Without JavaScript the field is a plain
// form.
for (const form of document.querySelectorAll(".search-form")) {
  const field = form.querySelector("[type=search]");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  let timer, request, chosen = -1;

  const set = (element, attributes) => Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  set(field, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });

  const choose = (index) => {
    chosen = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", at === index));
    if (index < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  };
  const show = (isShown) => {
    list.hidden = !isShown;
    field.setAttribute("aria-expanded", isShown);
    choose(-1);
  };
  const close = () => {
    clearTimeout(timer);
    request?.abort();
    show(false);
    status.textContent = "";
  };
  const say = (count) => {
    status.textContent = count ? status.dataset.count.replace("#", count) : "";
  };

  const fill = (suggestions) => {
    list.replaceChildren(
      ...suggestions.map(({ title, language, kind, url }, index) => {
        const option = document.createElement("li");
        set(option, { role: "option", id: `${list.id}-${index}`, "data-url": url });
        const name = option.appendChild(document.createElement("span"));
        name.textContent = title;
        name.dir = "auto";
        if (language) name.lang = language;
        option.appendChild(document.createElement("span")).textContent = kind;
        return option;
      }),
    );
    show(suggestions.length > 0);
    say(suggestions.length);
  };

  const ask = async () => {
    request?.abort();
    const question = field.value.trim();
    if (!question) return close();
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(`${form.dataset.suggestions}?q=${encodeURIComponent(question)}`, { signal });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (!signal.aborted && document.activeElement === field) fill(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    choose(-1);
    if (!event.isComposing) timer = setTimeout(ask, 150);
  });
  field.addEventListener("compositionend", ask);
  field.addEventListener("blur", close);
  form.addEventListener("submit", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else if (event.key === "ArrowDown") choose(chosen < last ? chosen + 1 : -1);
      else choose(chosen < 0 ? last : chosen - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.url);
    }
  });
  // Keeps the focus in the field. Otherwise the list would close before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}
