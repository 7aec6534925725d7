"use strict";
// Animates a clicked poster from a list to the page of its work. CSS names the large poster and title of a page; a
// poster in a list gets its name here when it is clicked. A page in the back/forward cache keeps its names, so that the
// animation also works backwards.
{
  const LARGE = ".opening :is(.poster, .title), .work-head :is(.poster, .title)";
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
