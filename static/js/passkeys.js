// Shows a message on the page if a passkey fails or the user cancels.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const trouble of document.querySelectorAll(".trouble")) trouble.hidden = false;
});
