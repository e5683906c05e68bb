// What two texts have in common, word by word, as diff.py has it.
"use strict";
(() => {
  const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u9fff\\uf900-\\ufaff";
  const MARKS = "!-\\/:-@\\[-`\\{-~«»¡¿\\u2010-\\u2027\\u2030-\\u205e\\u3000-\\u303f\\uff01-\\uff0f\\uff1a-\\uff20";
  const LETTER = "\\p{L}\\p{N}_";
  // A word with the space behind it: a character of a script written without spaces (with its marks), a run of
  // anything else up to punctuation (1,500, -5 and don't are one word), or one punctuation mark.
  const WORD = new RegExp(
    `([${UNSPACED}][\\u0300-\\u036f\\u0e31\\u0e34-\\u0e4e]*` +
      `|(?:[^\\s${UNSPACED}${MARKS}]|(?<=[${LETTER}])[’'.,\\-](?=[${LETTER}])` +
      `|(?<![^\\s\\(\\[])[\\-−–](?=\\p{Nd}))+|\\S)(\\s*)`,
    "gu",
  );
  const STARTS_WORD = /^[-−–]?[\p{L}\p{N}]/u;

  const split = (text) => Array.from(text.matchAll(WORD), (match) => ({ word: match[1], space: match[2] }));
  const countWords = (words) => words.reduce((sum, { word }) => sum + STARTS_WORD.test(word), 0);

  function piece(kind, words) {
    return { kind, text: words.map(({ word, space }) => word + space).join(""), words: countWords(words), items: words };
  }

  // ---- one way of writing, as spelling.py has it: what matching calls the same is no difference ----

  const { same: SAME, digits: DIGITS, units: UNITS, glued, endings } = unecho.facts.spelling;
  const GLUED = new RegExp(`^(?:${glued})$`, "u");
  const ENDINGS = endings.map(([pattern, american]) => [new RegExp(pattern, "gu"), american]);
  const HIDDEN = /[\xad\u200b\u200c\u200d\u2060\ufeff]/gu;
  const QUOTES = /["'`´‘’‚‛“”„‟«»‹›′″「」『』]/gu;
  const DASHES = /[‐‑‒–—―−]/gu;
  const own = (table, word) => (Object.hasOwn(table, word) ? table[word] : undefined);

  function canonical(word) {
    if (own(SAME, word)) return SAME[word];
    const found = GLUED.exec(word);
    if (found) return (own(DIGITS, found[1]) || found[1]) + (own(UNITS, found[2]) || found[2]);
    // eslint-disable-next-line no-control-regex
    if (word.length <= 4 || !/^[\x00-\x7f]*$/u.test(word)) return word;
    return ENDINGS.reduce((made, [pattern, american]) => made.replace(pattern, american), word);
  }

  const sense = (word) =>
    canonical(word.normalize("NFKC").toLowerCase().replace(HIDDEN, "").replace(QUOTES, "'").replace(DASHES, "-")) || word;

  // Numbers instead of words, so that comparing is cheap.
  function numbered(ours, theirs) {
    const known = new Map();
    const number = ({ word }) => {
      const meant = sense(word);
      if (!known.has(meant)) known.set(meant, known.size);
      return known.get(meant);
    };
    return [ours.map(number), theirs.map(number)];
  }

  // The lengths of the longest common subsequences of all ends of two lists.
  function lengths(a, b) {
    const width = b.length + 1;
    const table = new Uint16Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i -= 1) {
      const row = i * width;
      for (let j = b.length - 1; j >= 0; j -= 1) {
        table[row + j] =
          a[i] === b[j] ? table[row + width + j + 1] + 1 : Math.max(table[row + width + j], table[row + j + 1]);
      }
    }
    return table;
  }

  // Pairs of runs [kind, from, to, otherFrom, otherTo]: a shortest edit of whole words.
  function opcodes(a, b) {
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let tail = 0;
    while (tail < a.length - start && tail < b.length - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
    const [midA, midB] = [a.slice(start, a.length - tail), b.slice(start, b.length - tail)];
    const table = lengths(midA, midB);
    const equal = [];
    for (let at = 0; at < start; at += 1) equal.push([at, at]);
    const width = midB.length + 1;
    for (let i = 0, j = 0; i < midA.length && j < midB.length; ) {
      if (midA[i] === midB[j]) equal.push([start + i++, start + j++]);
      else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i += 1;
      else j += 1;
    }
    for (let at = tail; at > 0; at -= 1) equal.push([a.length - at, b.length - at]);
    return equal;
  }

  // What both have, in runs that they write alike ("same") and runs that they do not ("alike").
  function both(ours, theirs) {
    const pieces = [];
    for (let at = 0; at < theirs.length; ) {
      const same = ours[at].word === theirs[at].word;
      let end = at + 1;
      while (end < theirs.length && (ours[end].word === theirs[end].word) === same) end += 1;
      const made = piece(same ? "same" : "alike", theirs.slice(at, end));
      pieces.push(same ? made : { ...made, kept: piece("alike", ours.slice(at, end)).text });
      at = end;
    }
    return pieces;
  }

  // Pieces in order: "same", "alike" (quietly marked), "kept-only" (struck), "here-only" (underlined).
  function words(kept, other) {
    const [ours, theirs] = [split(kept), split(other)];
    const equal = opcodes(...numbered(ours, theirs));
    const pieces = [];
    let [i, j] = [0, 0];
    const changed = (toI, toJ) => {
      if (toI > i) pieces.push(piece("kept-only", ours.slice(i, toI)));
      if (toJ > j) pieces.push(piece("here-only", theirs.slice(j, toJ)));
    };
    for (let at = 0; at < equal.length; ) {
      const [firstI, firstJ] = equal[at];
      changed(firstI, firstJ);
      let run = 1;
      while (at + run < equal.length && equal[at + run][0] === firstI + run && equal[at + run][1] === firstJ + run) run += 1;
      const same = theirs.slice(firstJ, firstJ + run);
      const last = same[run - 1];
      same[run - 1] = { word: last.word, space: last.space || ours[firstI + run - 1].space };
      pieces.push(...both(ours.slice(firstI, firstI + run), same));
      [i, j] = [firstI + run, firstJ + run];
      at += run;
    }
    changed(ours.length, theirs.length);
    return pieces;
  }

  // Where the kept text begins earlier or ends later, that is no difference of the copy: [before, pieces, after].
  function middle(pieces) {
    const outer = (piece) => (piece && piece.kind === "kept-only" ? [piece] : []);
    const head = outer(pieces[0]);
    const tail = outer(pieces.length > 1 ? pieces.at(-1) : null);
    return [head, pieces.slice(head.length, pieces.length - tail.length), tail];
  }

  // Of what the kept paragraph does not have, what its document prints in other paragraphs: "elsewhere".
  function placed(pieces, document) {
    return pieces.flatMap((whole) => {
      if (whole.kind !== "here-only" || whole.words < 4) return [whole];
      return shared(whole.text, document, 4).map((part) => piece(part.shared ? "elsewhere" : "here-only", split(part.text)));
    });
  }

  const CHANGED = new Set(["kept-only", "here-only"]);
  const SIDES = { "kept-only": [0], "here-only": [1], elsewhere: [1] };
  const LONGER = 8; // words from which what only the kept text has is no change of the copy, but more text

  // What a reader must look at: numbers and names that only one of the texts has.
  function differences(pieces) {
    const found = { words: 0, numbers: [[], []], names: [[], []] };
    const opening = [true, true]; // whether a sentence may begin next, in the kept text and in the copy
    for (const { kind, items, words: count } of pieces) {
      const sides = SIDES[kind] || [0, 1];
      const counts = CHANGED.has(kind) && !(kind === "kept-only" && count > LONGER);
      for (const { word } of items) {
        const isWord = STARTS_WORD.test(word);
        if (counts && isWord) {
          found.words += 1;
          const [side] = sides;
          if (/\p{N}/u.test(word)) found.numbers[side].push(word);
          else if (/^\p{Lu}/u.test(word) && !opening[side]) found.names[side].push(word);
        }
        if (isWord || /^[.!?:“"„«]/u.test(word)) for (const side of sides) opening[side] = !isWord;
      }
    }
    return found;
  }

  // Which words of `text` stand in `other` too, in runs of `least` words: [{text, shared}].
  function shared(text, other, least = 5) {
    const mine = split(text);
    const key = ({ word }) => sense(word);
    const runs = new Set();
    const theirs = split(other).map(key);
    for (let at = 0; at + least <= theirs.length; at += 1) runs.add(theirs.slice(at, at + least).join("\u0000"));
    const marks = new Uint8Array(mine.length);
    const keys = mine.map(key);
    for (let at = 0; at + least <= keys.length; at += 1) {
      if (runs.has(keys.slice(at, at + least).join("\u0000"))) marks.fill(1, at, at + least);
    }
    const pieces = [];
    mine.forEach(({ word, space }, at) => {
      const last = pieces.at(-1);
      if (last && last.shared === Boolean(marks[at])) last.text += word + space;
      else pieces.push({ text: word + space, shared: Boolean(marks[at]) });
    });
    return pieces;
  }

  unecho.diff = { split, words, middle, placed, differences, shared, countWords };
})();
