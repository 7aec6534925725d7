"use strict";
// Limits an autocomplete field to rows of the form's contest (contests/admin/pickers.py). Replaces Django's
// djangoAdminSelect2, which can't filter; the link for adding a row also passes the contest on.
{
  const $ = django.jQuery;

  // Returns "contest:3", from the field in the same table row or form that sets the contest.
  const within = (picker) => {
    const { within: field, withinPage = "" } = picker.dataset;
    if (!field) return withinPage;
    const beside = picker.name.replace(/[^-]*$/, field);
    const teller = picker.form.elements[beside] || picker.form.elements[field];
    const told = teller && teller !== picker ? [teller].flat()[0] : null;
    if (told?.value) return `${field}:${told.value}`;
    return told && field === "contest" ? "contest:" : withinPage;
  };

  const offer = (picker) => {
    const asked = ({ term, page }) => {
      const { appLabel, modelName, fieldName } = picker.dataset;
      const parent = within(picker);
      const { except } = picker.dataset; // the row that the form edits
      const ours = { ...(parent && { within: parent }), ...(except && { except }) };
      return { term, page, app_label: appLabel, model_name: modelName, field_name: fieldName, ...ours };
    };
    $(picker).select2({ ajax: { data: asked } });
  };

  $.fn.djangoAdminSelect2 = function () {
    this.each((_number, picker) => offer(picker));
    return this;
  };

  // The list of options is wider than a narrow picker (static/css/admin_rows.css), but stays within the page.
  $(document).on("select2:open", () => {
    const list = document.querySelector(".select2-container--open .select2-dropdown");
    if (!list) return;
    list.style.marginInlineStart = "";
    const beyond = list.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (beyond > 0) list.style.marginInlineStart = `${-beyond}px`;
  });

  // A row added from this form gets the form's contest.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a.add-related");
      const picker = link?.closest(".related-widget-wrapper").querySelector("select.admin-autocomplete");
      const parent = picker && within(picker);
      if (!parent || parent === "contest:") return;
      const address = new URL(link.href);
      address.searchParams.set("within", parent);
      link.href = address;
    },
    true,
  );

  // When the contest changes, values that belong to another contest are removed, because the server would refuse them.
  $(document).on("change", "select.admin-autocomplete", (event) => {
    const { form, name, value } = event.target;
    if (name !== "contest" || event.target.dataset.before === value) return;
    const isAnother = Boolean(event.target.dataset.before);
    event.target.dataset.before = value;
    if (!isAnother) return;
    for (const picker of form.querySelectorAll('select.admin-autocomplete[data-within="contest"]')) {
      if (picker.value) $(picker).val(null).trigger("change");
    }
  });
  $(() => {
    for (const contest of document.querySelectorAll('select.admin-autocomplete[name="contest"]')) {
      contest.dataset.before = contest.value;
    }
  });
}
