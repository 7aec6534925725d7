"use strict";
// A field that has the text of another while an editor types there, until something else is typed into it: a sort name
// begins as the name. The server does the same where it is left blank (record/forms.py).
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
