"use strict";
// "Now" and "Today" as clocks say in the time zone of their field, which is named below it: that of the contest. Django
// types the clock of the server. A plain date is the editor's own.
document.addEventListener("DOMContentLoaded", () => {
  const shortcuts = window.DateTimeShortcuts;

  const known = (zone) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: zone }) && zone;
    } catch {
      return "";
    }
  };

  // The zone that the form names, or whose contest it names; as the page was sent, otherwise.
  const zoneOf = (input) => {
    const { time_zone: own, contest } = input.form.elements;
    if (own) return known(own.value.trim() || "UTC");
    return contest?.dataset?.zone ?? input.dataset.zone ?? "";
  };

  // What a clock there says at this moment, as a date of this browser.
  const clockIn = (zone) => {
    const options = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" };
    const time = { hour: "numeric", minute: "numeric", second: "numeric" };
    const parts = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", { ...options, ...time }).formatToParts(new Date());
    const said = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
    return new Date(said.year, said.month - 1, said.day, said.hour, said.minute, said.second);
  };

  if (shortcuts) {
    const ofServer = shortcuts.now;
    let asked = null;
    for (const [name, inputs] of [["handleClockQuicklink", "clockInputs"], ["handleCalendarQuickLink", "calendarInputs"]]) {
      const own = shortcuts[name];
      shortcuts[name] = (number, value) => {
        asked = shortcuts[inputs][number];
        own.call(shortcuts, number, value);
        asked = null;
      };
    }
    shortcuts.now = () => {
      const zone = asked && zoneOf(asked);
      if (zone) return clockIn(zone);
      return document.body.classList.contains("step") ? ofServer() : new Date();
    };
  }

  // The line below each field says the zone that is chosen now.
  const fields = [...document.querySelectorAll("input[data-zone-words]")];
  const tell = () => {
    for (const input of fields) {
      const zone = zoneOf(input);
      const help = input.closest(".fieldBox, .form-row")?.querySelector(".help:not(.timezonewarning)");
      const line = help?.firstElementChild ?? help;
      if (!line || !zone) continue;
      const words = input.dataset.zoneWords.replace("{zone}", zone);
      line.textContent = line.textContent.replace(input.dataset.zoneSaid, words);
      input.dataset.zoneSaid = words;
    }
  };
  const own = document.querySelector("input[name=time_zone]");
  if (fields.length && own) {
    own.addEventListener("change", tell);
    tell();
  }
  const contest = document.querySelector("select.admin-autocomplete[name=contest]");
  if (fields.length && contest) {
    django.jQuery(contest).on("change", async () => {
      const { appLabel, modelName, fieldName } = contest.dataset;
      const asked = { app_label: appLabel, model_name: modelName, field_name: fieldName, pk: contest.value };
      contest.dataset.zone = "";
      if (!contest.value) return;
      const response = await fetch(`${contest.getAttribute("data-ajax--url")}?${new URLSearchParams(asked)}`);
      const { results } = await response.json();
      contest.dataset.zone = results[0]?.zone ?? "";
      tell();
    });
  }
});
