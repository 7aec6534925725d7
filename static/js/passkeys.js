// A passkey that can't be used, or that its owner did not want to use, is told on the page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const trouble of document.querySelectorAll(".trouble")) trouble.hidden = false;
});
