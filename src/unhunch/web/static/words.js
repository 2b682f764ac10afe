// What scripts say, in the language spoken. The server puts its words into the page (web/words.py); without them the
// texts are said as they are written here, in English.

const block = document.getElementById("words");
const words = block ? JSON.parse(block.textContent) : {};

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

// _("{time} left", { time: "2:10" })
export const _ = (text, values = {}) => filled(words[text] || text, values);

// ngettext("{count} session", "{count} sessions", n, { count: n })
export function ngettext(one, many, n, values = {}) {
  const said = words[one] || [];
  return filled(n === 1 ? said[0] || one : said[1] || many, values);
}
