/* The import of many pictures: drop files, and upload a few at a time, so that a broken connection loses little. */
"use strict";

{
  const AT_ONCE = 8;
  const BYTES_AT_ONCE = 24 * 1024 ** 2;

  // Splits the files into groups, each for one request.
  const groups = (files) => {
    const found = [];
    let size = 0;
    for (const file of files) {
      const last = found.at(-1);
      if (last && last.length < AT_ONCE && size + file.size <= BYTES_AT_ONCE) {
        last.push(file);
        size += file.size;
      } else {
        found.push([file]);
        size = file.size;
      }
    }
    return found;
  };

  const start = (box) => {
    const words = box.dataset;
    const input = box.querySelector("input[type=file]");
    const told = box.querySelector("[role=status]");
    const { form } = input;
    const button = form.querySelector("button[type=submit]");
    let chosen = "";
    let batch = "";
    let done = 0;

    const choose = () => {
      const number = input.files.length;
      chosen = words.chosen.replace("{number}", number);
      if (number === 1) chosen = words.chosenOne;
      told.textContent = number ? chosen : "";
      box.classList.remove("failed");
      batch = "";
      done = 0;
    };

    const send = async (files) => {
      const data = new FormData(form);
      data.delete("files");
      data.set("script", "1");
      if (batch) data.set("batch", batch);
      for (const file of files) data.append("files", file);
      const response = await fetch(form.action, { method: "POST", body: data });
      return response.json();
    };

    input.addEventListener("change", choose);
    for (const kind of ["dragenter", "dragover"]) {
      box.addEventListener(kind, (event) => {
        event.preventDefault();
        box.classList.add("dropping");
      });
    }
    for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("dropping"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      choose();
    });

    form.addEventListener("submit", async (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      const files = [...input.files];
      button.disabled = true;
      box.classList.remove("failed");
      try {
        let address = "";
        for (const group of groups(files.slice(done))) {
          const progress = words.progress.replace("{done}", done).replace("{number}", files.length);
          told.textContent = progress;
          const answer = await send(group);
          if (!answer.url) {
            box.classList.add("failed");
            told.textContent = answer.problems.join(" ");
            button.disabled = false;
            return;
          }
          batch = answer.batch;
          address = answer.url;
          done += group.length;
        }
        window.location.assign(address);
      } catch {
        box.classList.add("failed");
        told.textContent = words.failed;
      }
      button.disabled = false;
    });
  };

  document.querySelectorAll(".picture-files").forEach(start);
}
