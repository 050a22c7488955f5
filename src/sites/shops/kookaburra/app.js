// Kookaburra & Sons: says on each card how many are left on the shelf.
(() => {
  "use strict";
  if (!window.stock) return;
  for (const link of document.querySelectorAll("article h3 a")) {
    const slug = link.getAttribute("href").split("/").pop();
    const variants = window.stock.goods[slug] || [];
    const left = variants.flatMap((v) => v.shops).reduce((sum, s) => sum + s.left, 0);
    link.title = `${left} left across all shops`;
  }
})();
