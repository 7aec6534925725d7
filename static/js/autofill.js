"use strict";
// Copies the text of one field into another while an editor types, until the other one is edited itself: a sort name
// starts as the name. The server does the same for blank fields (record/forms.py).
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
