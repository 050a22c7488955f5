// Paint Timing: first-contentful-paint in ms, or null.
const e = performance.getEntriesByName('first-contentful-paint', 'paint')[0];
return e ? e.startTime : null;
