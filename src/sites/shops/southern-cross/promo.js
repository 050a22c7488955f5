// The campaign bar. It arrives late and reserves no room, so the page jumps when it comes.
(() => {
  "use strict";
  const bar = document.createElement("aside");
  bar.className = "promo";
  const offer = document.createElement("b");
  offer.textContent = "15% off every lamp";
  const until = document.createElement("span");
  until.textContent = "This long weekend only, in the shed and here";
  bar.append(offer, until);
  const put = () => document.body.prepend(bar);
  // Seen as a jump on any machine: the page is on screen first, and long enough, for Chromium
  // counts no shift within 500 ms after the viewport takes its size.
  const later = () => {
    const now = performance.now();
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const since = now - (paint ? paint.startTime : now);
    if (since >= 550) put();
    else setTimeout(put, 550 - since);
  };
  requestAnimationFrame(() => requestAnimationFrame(later));
})();
