// What CSS alone cannot do for narrow pages and for the keyboard.

// Long names break after these characters instead of anywhere. A `<wbr>` adds nothing to what readers copy. It would also break
// lines of code, so code that scrolls is skipped. Tables scroll too, so only very long names break in them.
const BREAKS = /(?<=[._:/=,;([{|])(?=[^\s._:/=,;([{|])/;
const WHOLE = "svg, style, script, pre:not(.language-text:not(:has(.filename)) pre)";
const LONG = { table: /\S{40}/, text: /\S{16}/ };

function markBreaks(article) {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT, ({ data, parentElement }) => {
    const long = LONG[parentElement.closest("td") ? "table" : "text"];
    return long.test(data) && !parentElement.closest(WHOLE) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
  });
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    const parts = node.data.split(BREAKS);
    node.replaceWith(...parts.flatMap((part, place) => (place ? [document.createElement("wbr"), part] : [part])));
  }
}

// What scrolls can be reached with the keyboard, and has a name for screen readers.
function makeReachable(article) {
  for (const element of article.querySelectorAll("pre > code, .md-typeset__scrollwrap")) {
    const scrolls = element.scrollWidth > element.clientWidth + 1;
    if (scrolls) {
      element.tabIndex = 0;
      element.setAttribute("role", "region");
      element.setAttribute("aria-label", element.matches("code") ? "Code, scrolls sideways" : "Table, scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) element.removeAttribute(name);
    }
  }
}

addEventListener("load", () => {
  const article = document.querySelector("article");
  markBreaks(article);
  makeReachable(article);
  addEventListener("resize", () => makeReachable(article));
});
