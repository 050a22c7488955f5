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
  // Two frames: the page is on screen first, so the jump is seen however slow the machine is.
  const put = () => document.body.prepend(bar);
  requestAnimationFrame(() => requestAnimationFrame(put));
})();
