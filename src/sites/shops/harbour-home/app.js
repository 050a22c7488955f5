// Harbour Home's own script: basket, stock line, gallery and the search index it builds at start.
(() => {
  "use strict";
  const began = performance.now();
  const work = Number(document.body.dataset.work);

  const shown = (image) => {
    const mark = () => performance.mark("hero-visible");
    if (image.complete) mark();
    else image.addEventListener("load", mark, { once: true });
  };

  const stockLine = () => {
    const line = document.querySelector("[data-stock]");
    if (!line || !window.stock) return;
    const variants = window.stock.goods[line.dataset.stock] || [];
    const shops = new Set();
    for (const v of variants) for (const s of v.shops) if (s.left > 0) shops.add(s.name);
    line.textContent = `In stock in ${shops.size} shops, ready in two hours`;
  };

  // The index is rebuilt until the time is up: the main thread is busy for a fixed time on any
  // machine, which is what the table of truths promises.
  const index = () => {
    const until = performance.now() + work;
    const words = new Map();
    const goods = Object.entries(window.stock ? window.stock.goods : {});
    do {
      words.clear();
      for (const [slug, variants] of goods) {
        for (const v of variants) {
          for (const part of `${slug} ${v.finish}`.toLowerCase().split(/[^a-z]+/)) {
            const list = words.get(part) || [];
            list.push(v.sku);
            words.set(part, list);
          }
          if (performance.now() >= until) return words;
        }
      }
    } while (performance.now() < until);
    return words;
  };

  const gallery = () => {
    const stage = document.querySelector("[data-gallery]");
    if (!stage) return;
    const image = new Image(720, 810);
    image.alt = stage.dataset.alt;
    image.dataset.hero = "";
    image.src = stage.dataset.gallery;
    shown(image);
    stage.append(image);
  };

  const hero = document.querySelector("img[data-hero]");
  if (hero) shown(hero);
  // Two frames: the shop is on screen before the heavy part starts, as frameworks hydrate.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
    window.searchIndex = index();
    stockLine();
    gallery();
    performance.measure("app-boot", { start: began, end: performance.now() });
  })));
})();
