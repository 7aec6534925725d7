"use strict";
// What Django's prepopulate.js calls while an editor types a name: the slug that people/slugs.py makes of it.
{
  const APOSTROPHES = /['’‘ʼ`´]/g;
  const SLUG_CHARACTER = /[\p{L}\p{M}\p{N}]/u;
  const LATIN = { ł: "l", Ł: "L", ø: "o", Ø: "O", ß: "ss", ẞ: "SS", æ: "ae", Æ: "AE" };

  const withoutLatinAccent = (character) => {
    const base = Array.from(character.normalize("NFKD"));
    return base.length > 1 && base[0] <= "\x7f" ? base[0] : LATIN[character] || character;
  };

  const trimmed = (text) => text.replace(/^-+|-+$/g, "");

  window.URLify = (name, maxLength) => {
    if (!name.trim()) return "";
    const plain = Array.from(name.replace(APOSTROPHES, "").replaceAll("&", " and ").normalize("NFKC").replace(APOSTROPHES, ""))
      .map(withoutLatinAccent)
      .join("");
    const words = Array.from(plain.toLowerCase().normalize("NFKC"))
      .map((character) => (SLUG_CHARACTER.test(character) ? character : " "))
      .join("");
    const slug = words.split(" ").filter(Boolean).join("-");
    return trimmed(Array.from(slug).slice(0, maxLength || 100).join("")) || "untitled";
  };
}
