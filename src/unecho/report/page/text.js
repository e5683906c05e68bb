// Words and figures for people, as wording.py has them: nothing hidden, nothing rounded over a border.
"use strict";
(() => {
  // Characters that show nothing, or that change how what stands around them is shown. Joiners and direction
  // marks belong to Persian, Hindi, Hebrew or emoji when they follow such a character, so there they stay.
  const UNSEEN = new RegExp(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u180e\\u200b\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]" +
      "|[\\ud800-\\udfff]|[\\u{e0000}-\\u{e0fff}]|(?<![\\u0590-\\u{10ffff}])[\\u061c\\u200c-\\u200f]",
    "gu",
  );

  function symbol(character) {
    const code = character.codePointAt(0);
    const hex = (width) => code.toString(16).padStart(width, "0");
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code < 0x100) return code === 0x7f ? "␡" : `\\x${hex(2)}`;
    return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
  }

  const visible = (text) => text.replaceAll("\r\n", "\n").replace(UNSEEN, symbol);
  const visibleName = (name) =>
    visible(name.replaceAll("\r\n", "\r␊")).replaceAll("\n", "␊").replaceAll("\t", "␉");

  function oneLine(text, limit) {
    const line = visible(text.slice(0, 4 * limit + 100)).split(/\s+/u).filter(Boolean).join(" ");
    const characters = [...line];
    return characters.length <= limit ? line : characters.slice(0, limit - 1).join("").trimEnd() + "…";
  }

  const number = (value) => value.toLocaleString("en");

  function counted(value, what) {
    const name = value === 1 ? what : what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`;
    return `${number(value)} ${name}`;
  }

  function percent(share, down = false) {
    if (share === 0 || share === 1) return `${share * 100}%`;
    const shown = down ? Math.floor(share * 1000 + 1e-9) / 10 : Math.round(share * 1000) / 10;
    if (!shown) return "<0.1%";
    return shown === 100 ? ">99.9%" : `${shown.toFixed(1)}%`;
  }

  // What a search compares: case, width and accents of typing make no difference.
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ");

  unecho.text = { visible, visibleName, oneLine, number, counted, percent, plain };
})();
