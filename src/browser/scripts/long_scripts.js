// Milliseconds on the main thread by script address, from the frames that took longer than 50 ms
// (Long Animation Frames API). Null where the browser does not offer them.
const frames = buffered("long-animation-frame");
if (frames === null) return null;
const busy = {};
for (const frame of frames) {
  for (const script of frame.scripts || []) {
    const address = script.sourceURL || "";
    if (!address) continue;
    busy[address] = (busy[address] || 0) + script.duration;
  }
}
return busy;
