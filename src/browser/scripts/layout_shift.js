// Layout Instability: every shift that the page made by itself; null where the browser does not
// offer it. Chromium also marks shifts as following input for 500 ms after the viewport changed,
// which emulating a phone does at the first layout (crbug.com/1094974): where nobody has touched
// the page (Event Timing has no first input), no shift follows an input.
const entries = buffered('layout-shift');
const touched = (buffered('first-input') || []).length > 0;
return entries && entries.filter(e => !touched || !e.hadRecentInput).map(e => ({ at: e.startTime, value: e.value }));
