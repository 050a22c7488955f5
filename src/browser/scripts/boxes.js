// The signs of the page's text that no font here has: drawn, they look like one that nothing has.
const canvas = new OffscreenCanvas(40, 40);
const pen = canvas.getContext('2d', { willReadFrequently: true });
pen.font = `24px ${getComputedStyle(document.body).fontFamily}`;
const drawn = sign => {
  pen.clearRect(0, 0, 40, 40);
  pen.fillText(sign, 4, 30);
  return pen.getImageData(0, 0, 40, 40).data.join();
};
const nothing = [drawn('\u{10fffd}'), drawn('\u{ffff}')];
const signs = new Set();
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  for (const sign of texts.currentNode.data) {
    if (sign.codePointAt(0) > 0x24f) signs.add(sign);
  }
}
const found = [...signs].slice(0, 2000).filter(sign => nothing.includes(drawn(sign)));
return found.sort().join('');
