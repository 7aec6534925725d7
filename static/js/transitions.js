"use strict";
// From a list to the page of a film: the poster that was clicked is the one that travels. The style sheet names the
// large poster and title of a page; a poster among many gets its name here, on the way out. A page that the browser
// keeps for the way back keeps its names, so that the poster travels back too.
{
  const LARGE = ".opening :is(.poster, .title), .film-head :is(.poster, .title)";
  let renamed = [];
  const rename = (element, name) => {
    element.style.viewTransitionName = name;
    renamed.push(element);
  };

  addEventListener("pageswap", (event) => {
    if (!event.viewTransition || !event.activation?.entry?.url) return;
    for (const element of renamed) element.style.viewTransitionName = "";
    renamed = [];
    const { pathname } = new URL(event.activation.entry.url);
    const poster = [...document.querySelectorAll(".poster")].find((figure) => figure.querySelector("a")?.pathname === pathname);
    if (!poster || poster.matches(LARGE)) return;
    for (const element of document.querySelectorAll(LARGE)) rename(element, "none");
    rename(poster, "poster");
  });
}
