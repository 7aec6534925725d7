/* The image field of admin forms: drop or choose a file, preview it before saving, and set its focal point. */
"use strict";

{
  const starts = (head, pattern) => new RegExp(`^(?:${pattern})`, "s").test(head);
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const make = (parent, tag, className, text = "") => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const within = (number) => Math.min(100, Math.max(0, Math.round(number) || 0));

  // Returns the message with which the server would refuse the file; "" if it is fine or only the server can tell.
  const refusal = async (file, rules) => {
    if (!file.size) return rules.empty;
    if (file.size > rules.bytes) return rules.tooManyBytes.replace("{size}", (file.size / 1024 ** 2).toFixed(1));
    const bytes = new Uint8Array(await file.slice(0, rules.head).arrayBuffer());
    const head = String.fromCharCode(...bytes);
    if (starts(head, rules.ours)) return "";
    return rules.others.find((other) => starts(head, other.start))?.words ?? rules.notReadable;
  };

  const start = (box) => {
    const words = box.dataset;
    const rules = JSON.parse(words.rules);
    const file = box.querySelector("input[type=file]");
    const inputs = ["x", "y"].map((side) => document.getElementById(`${file.id}_focus_${side}`));
    if (inputs.includes(null)) return;
    const stored = box.querySelector(".image-now");
    const before = stored?.src ?? "";

    const views = document.createElement("div");
    views.className = "image-views";
    views.hidden = true;
    const whole = make(make(views, "figure", ""), "div", "image-whole");
    const picture = make(whole, "img", "");
    const mark = make(whole, "button", "focus-mark");
    const focalPoint = make(make(whole.parentNode, "figcaption", ""), "span", "");
    const cropped = make(make(views, "figure", ""), "img", "image-cropped");
    make(cropped.parentNode, "figcaption", "", words.cropped);
    const said = make(views, "p", "image-chosen");
    for (const told of [focalPoint, said]) told.setAttribute("role", "status");
    mark.type = "button";
    mark.setAttribute("aria-label", words.mark);
    mark.setAttribute("aria-describedby", (focalPoint.id = `${file.id}_focus`));
    picture.alt = words.whole;
    picture.title = words.whole;
    cropped.alt = "";
    box.prepend(views);

    const point = () => inputs.map((input) => within(input.value));
    const draw = () => {
      const [x, y] = point();
      mark.style.left = `${x}%`;
      mark.style.top = `${y}%`;
      cropped.style.objectPosition = `${x}% ${y}%`;
      focalPoint.textContent = words.focalPoint.replace("{x}", x).replace("{y}", y);
    };
    const move = (x, y) => {
      [x, y].forEach((value, index) => {
        inputs[index].value = within(value);
        inputs[index].dispatchEvent(new Event("change", { bubbles: true }));
      });
      draw();
    };
    const show = (source) => {
      views.hidden = !source;
      if (stored) stored.hidden = !!source;
      for (const image of [picture, cropped]) {
        if (source) image.src = source;
        else image.removeAttribute("src");
      }
      draw();
    };

    const refused = make(box, "p", "image-refused errorlist");
    refused.hidden = true;
    refused.setAttribute("role", "alert");
    const refuse = (reason) => {
      file.value = ""; // send the form without the file
      said.textContent = "";
      refused.textContent = reason;
      refused.hidden = false;
      show(before);
    };
    const preview = async () => {
      const [chosen] = file.files;
      said.textContent = chosen ? words.chosen.replace("{name}", chosen.name) : "";
      refused.hidden = true;
      if (!chosen) return show(before);
      const reason = await refusal(chosen, rules);
      if (file.files[0] !== chosen) return;
      if (reason) return refuse(reason);
      // As a data: URL, because the Content-Security-Policy allows no blob: images.
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        if (file.files[0] !== chosen) return;
        move(50, 50);
        show(reader.result);
      });
      reader.readAsDataURL(chosen);
    };
    file.addEventListener("change", preview);
    picture.addEventListener("load", () => {
      if (file.files.length && picture.naturalWidth * picture.naturalHeight > rules.pixels) refuse(rules.tooManyPixels);
    });
    // If the browser can't show the image, the server will report the error.
    picture.addEventListener("error", () => show(""));

    const follow = (event) => {
      const area = picture.getBoundingClientRect();
      move(((event.clientX - area.left) / area.width) * 100, ((event.clientY - area.top) / area.height) * 100);
    };
    whole.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      whole.setPointerCapture(event.pointerId);
      mark.focus();
      follow(event);
    });
    whole.addEventListener("pointermove", (event) => {
      if (whole.hasPointerCapture(event.pointerId)) follow(event);
    });
    mark.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const [x, y] = point();
      const far = event.shiftKey ? 10 : 1;
      move(x + step[0] * far, y + step[1] * far);
    });
    for (const input of inputs) input.addEventListener("input", draw);

    const dropping = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    for (const kind of ["dragenter", "dragover"]) {
      box.addEventListener(kind, (event) => {
        if (!dropping(event)) return;
        event.preventDefault();
        box.classList.add("dropping");
      });
    }
    box.addEventListener("dragleave", (event) => {
      if (!box.contains(event.relatedTarget)) box.classList.remove("dropping");
    });
    box.addEventListener("drop", (event) => {
      if (!dropping(event)) return;
      event.preventDefault();
      box.classList.remove("dropping");
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      file.files = one.files;
      file.dispatchEvent(new Event("change", { bubbles: true }));
    });

    show(before);
  };

  // The admin loads its scripts in the page head, before the form exists.
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".image-input").forEach(start));
}
