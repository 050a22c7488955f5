// Maison Claire : réponse au bandeau de consentement et disponibilité.
(() => {
  "use strict";
  const veil = document.querySelector("[data-consent]");
  for (const button of document.querySelectorAll("[data-answer]")) {
    button.addEventListener("click", () => {
      document.cookie = `consent=${button.dataset.answer}; path=/; max-age=15552000; samesite=lax`;
      veil.remove();
    });
  }
  const line = document.querySelector("[data-stock]");
  if (line && window.stock) {
    const shops = new Set();
    for (const v of window.stock.goods[line.dataset.stock] || []) {
      for (const s of v.shops) if (s.left > 0) shops.add(s.name);
    }
    line.textContent = `Disponible chez ${shops.size} dépositaires`;
  }
})();
