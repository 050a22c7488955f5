// Southern Cross Living: quantity stepper, stock line and bag count.
(() => {
  "use strict";
  const count = document.querySelector("[data-qty]");
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => {
      const next = Number(count.textContent) + Number(button.dataset.step);
      count.textContent = String(Math.min(9, Math.max(1, next)));
    });
  }
  const line = document.querySelector("[data-stock]");
  if (line && window.stock) {
    const left = (window.stock.goods[line.dataset.stock] || [])
      .flatMap((v) => v.shops)
      .reduce((sum, s) => sum + s.left, 0);
    line.textContent = `${left} on the shelf across the country`;
  }
})();
