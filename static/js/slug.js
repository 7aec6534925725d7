"use strict";
// Replaces the function that Django's prepopulate.js calls while an editor types a name. It makes the same slug as
// record/slugs.py.
{
  const APOSTROPHES = /['’‘ʼ`´]/g;
  const YEAR_TWICE = /(?<=-)([0-9]{4}(?:-[0-9]{2,4})?)-(?=\1$)/;
  const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff0-\ufff8\u2800]/u;
  const SLUG_CHARACTER = /[\p{L}\p{Mn}\p{Mc}\p{N}]/u;
  // Keep joiners that change the spelling of a word: after a virama, and non-joiners between Arabic or Syriac letters.
  const VIRAMA =
    /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed]$/u;
  const ARABIC = "(?=\\p{L})[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}]";
  const ARABIC_LETTER_LAST = new RegExp(`${ARABIC}\\p{M}*$`, "u");
  const ARABIC_LETTER_FIRST = new RegExp(`^${ARABIC}`, "u");

  const isSlugCharacter = (character) => SLUG_CHARACTER.test(character) && !INVISIBLE.test(character);

  const isNeededJoiner = (characters, index) => {
    const [character, next] = [characters[index], characters[index + 1]];
    if (!"\u200c\u200d".includes(character) || !next || !isSlugCharacter(next)) return false;
    const before = characters.slice(0, index).join("");
    return (
      VIRAMA.test(before) ||
      (character === "\u200c" && ARABIC_LETTER_LAST.test(before) && ARABIC_LETTER_FIRST.test(next))
    );
  };

  const slugParts = (text) =>
    Array.from(text)
      .map((character, index, all) => {
        if (isSlugCharacter(character) || isNeededJoiner(all, index)) return character;
        return INVISIBLE.test(character) ? "" : " ";
      })
      .join("");
  const LATIN = { ł: "l", Ł: "L", ø: "o", Ø: "O", ß: "ss", ẞ: "SS", æ: "ae", Æ: "AE" };

  const withoutLatinAccent = (character) => {
    const base = Array.from(character.normalize("NFKD"));
    return base.length > 1 && base[0] <= "\x7f" ? base[0] : LATIN[character] || character;
  };

  const trimmed = (text) => text.replace(/^[-\u200c\u200d]+|[-\u200c\u200d]+$/g, "");

  window.URLify = (name, maxLength) => {
    if (!name.trim()) return "";
    const plain = Array.from(name.replace(APOSTROPHES, "").replaceAll("&", " and ").normalize("NFKC").replace(APOSTROPHES, ""))
      .map(withoutLatinAccent)
      .join("");
    const words = slugParts(plain.toLowerCase().normalize("NFKC")).split(" ");
    const slug = words
      .map((word) => word.replace(/^\p{M}+/u, ""))
      .filter(Boolean)
      .join("-")
      .replace(YEAR_TWICE, "");
    return trimmed(Array.from(slug).slice(0, maxLength || 100).join("")) || "untitled";
  };
}

// Selects the slug that this script filled in when an editor clicks on it, so that typing replaces it. The Tab key
// does the same.
document.addEventListener("click", ({ target }) => {
  if (!target.matches("input[name=slug], input[name$=-slug]") || target.defaultValue || "isSeen" in target.dataset) return;
  target.dataset.isSeen = "";
  target.select();
});
