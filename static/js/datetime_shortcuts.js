"use strict";
// Makes the shortcuts "Now" and "Today" use the time zone of the contest, which is shown below the field. Without this
// script, Django uses the server's time zone. Dates without a time use the editor's own time zone.
document.addEventListener("DOMContentLoaded", () => {
  const shortcuts = window.DateTimeShortcuts;

  const known = (zone) => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: zone }) && zone;
    } catch {
      return "";
    }
  };

  // Returns the time zone in the form, or that of the chosen contest, or the one with which the page was loaded.
  const zoneOf = (input) => {
    const { time_zone: own, contest } = input.form.elements;
    if (own) return known(own.value.trim() || "UTC");
    return contest?.dataset?.zone ?? input.dataset.zone ?? "";
  };

  // Returns the local time in a zone: year, month (from 0), day, hour, minute, second.
  const clockAt = (zone, moment) => {
    const options = { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" };
    const time = { hour: "numeric", minute: "numeric", second: "numeric" };
    const parts = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", { ...options, ...time }).formatToParts(moment);
    const said = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
    return [said.year, said.month - 1, said.day, said.hour, said.minute, said.second];
  };

  // Returns the current local time in a zone as a Date in the browser's zone.
  const clockIn = (zone) => new Date(...clockAt(zone, new Date()));

  // Returns the typed year, month and day, in any format that the server accepts.
  const dayIn = (text) => {
    const digits = { "%Y": "(?<Y>\\d{4})", "%m": "(?<m>\\d{1,2})", "%d": "(?<d>\\d{1,2})" };
    for (const format of get_format("DATE_INPUT_FORMATS")) {
      if (/%[^Ymd]/.test(format)) continue;
      const pattern = format.replace(/[./]/g, "\\$&").replace(/%[Ymd]/g, (part) => digits[part]);
      const { Y, m, d } = new RegExp(`^${pattern}$`).exec(text)?.groups ?? {};
      if (Y) return [Number(Y), Number(m) - 1, Number(d)];
    }
    return null;
  };

  if (shortcuts) {
    // Django's calendar reads only its own date format. With 2026-11-28 in the field it would open in 1925.
    const open = shortcuts.openCalendar;
    shortcuts.openCalendar = (number) => {
      open.call(shortcuts, number);
      const [year, month, day] = dayIn(shortcuts.calendarInputs[number].value.trim()) ?? [];
      if (year) shortcuts.calendars[number].drawDate(month + 1, year, new Date(Date.UTC(year, month, day)));
    };
    const ofServer = shortcuts.now;
    let asked = null;
    for (const [name, inputs] of [["handleClockQuicklink", "clockInputs"], ["handleCalendarQuickLink", "calendarInputs"]]) {
      const own = shortcuts[name];
      shortcuts[name] = (number, value) => {
        asked = shortcuts[inputs][number];
        own.call(shortcuts, number, value);
        // "Now" also sets the day.
        const day = asked.closest(".datetime")?.querySelector("input.vDateField");
        if (inputs === "clockInputs" && value === -1 && day) {
          day.value = shortcuts.now().strftime(get_format("DATE_INPUT_FORMATS")[0]);
          day.dispatchEvent(new Event("change", { bubbles: true }));
        }
        asked?.dispatchEvent(new Event("change", { bubbles: true }));
        asked = null;
      };
    }
    shortcuts.now = () => {
      const zone = asked && zoneOf(asked);
      if (zone) return clockIn(zone);
      return document.body.classList.contains("step") ? ofServer() : new Date();
    };
  }

  // Returns the offset of `zone` from UTC at a given time, in milliseconds.
  const aheadAt = (zone, moment) => Date.UTC(...clockAt(zone, moment)) - moment;

  // Returns the time that is typed in `clock` and in the date field beside it; null if invalid.
  const momentIn = (clock, zone) => {
    const day = clock.closest(".datetime")?.querySelector("input.vDateField")?.value.trim();
    const time = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(clock.value.trim());
    const read = day && time && dayIn(day);
    if (!read) return null;
    const local = Date.UTC(...read, ...time.slice(1).map((part) => Number(part ?? 0)));
    return local - aheadAt(zone, local - aheadAt(zone, local));
  };

  // The line below each field shows the chosen time zone. If an editor changes the zone, the line also shows the new
  // time; the text in the field stays the same.
  const fields = [...document.querySelectorAll("input[data-zone-words]")];
  const format = (moment) =>
    new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, {
      timeZone: "UTC",
      dateStyle: "long",
      timeStyle: "short",
    }).format(moment);
  const tell = (isChanged) => {
    for (const input of fields) {
      const zone = zoneOf(input);
      const help = input.closest(".fieldBox, .form-row")?.querySelector(".help:not(.timezonewarning)");
      const line = help?.firstElementChild ?? help;
      if (!line || !zone) continue;
      const words = input.dataset.zoneWords.replace("{zone}", zone);
      line.textContent = line.textContent.replace(input.dataset.zoneSaid, words);
      input.dataset.zoneSaid = words;
      // Choosing another zone changes the time only if a time was typed and a zone was chosen before.
      if (isChanged && input.dataset.zone && momentIn(input, zone) !== null) input.dataset.isZoneChanged = "";
      const moment = "isZoneChanged" in input.dataset ? momentIn(input, zone) : null;
      let said = help.querySelector(".moment-now");
      if (moment !== null && !said) {
        said = document.createElement("output");
        said.className = "moment-now";
        help.append(said);
      }
      if (said) said.textContent = moment === null ? "" : input.dataset.momentWords.replace("{moment}", format(moment));
    }
  };
  for (const input of fields) {
    for (const part of input.closest(".datetime").querySelectorAll("input")) {
      for (const event of ["input", "change"]) part.addEventListener(event, () => tell(false));
    }
  }
  const own = document.querySelector("input[name=time_zone]");
  if (fields.length && own) {
    own.addEventListener("change", () => tell(true));
    tell(false);
  }
  const contest = document.querySelector("select.admin-autocomplete[name=contest]");
  if (fields.length && contest) {
    // Django also fires "change" when the page loads. The time zone is then already correct.
    let chosen = contest.value;
    django.jQuery(contest).on("change", async () => {
      if (contest.value === chosen) return;
      chosen = contest.value;
      const { appLabel, modelName, fieldName } = contest.dataset;
      const asked = { app_label: appLabel, model_name: modelName, field_name: fieldName, pk: contest.value };
      contest.dataset.zone = "";
      if (!contest.value) return;
      const response = await fetch(`${contest.getAttribute("data-ajax--url")}?${new URLSearchParams(asked)}`);
      const { results } = await response.json();
      contest.dataset.zone = results[0]?.zone ?? "";
      tell(true);
    });
  }
});
