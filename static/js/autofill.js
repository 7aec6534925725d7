"use strict";
// Copies the text of one field into another while an editor types: the sort name of a person starts as the name. It
// stops when the editor changes the second field. The server does the same for blank fields (record/forms.py).
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("input[data-follows]")) {
    const leader = field.form?.elements[field.dataset.follows];
    if (!leader) continue;
    let isFollowing = !field.value || field.value === leader.value;
    field.addEventListener("input", () => (isFollowing = !field.value));
    leader.addEventListener("input", () => {
      if (isFollowing) field.value = leader.value;
    });
  }
});
