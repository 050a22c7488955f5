// A fixed computation of the kind that pages do (numbers, an array that is sorted, an object's
// keys, text), done nine times. Gives the milliseconds of each.
const once = () => {
  const begun = performance.now();
  let x = 2463534242;
  const list = new Array(4096);
  const counts = {};
  let text = '';
  for (let i = 0; i < 1600000; i++) {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    list[i & 4095] = Math.imul(x, 2654435761) >>> 3;
    if ((i & 255) === 0) {
      const key = 'k' + ((x >>> 8) & 255);
      counts[key] = (counts[key] || 0) + Math.sqrt(i);
      text += key;
    }
  }
  list.sort((a, b) => a - b);
  const took = performance.now() - begun;
  // Its results are used, so that no engine may leave the work out.
  return Object.keys(counts).length + text.length + list[7] > 0 ? took : NaN;
};
return Array.from({ length: 9 }, once);
