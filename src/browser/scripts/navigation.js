// Navigation Timing 2: the one navigation entry, ms after the time origin.
const n = performance.getEntriesByType('navigation')[0];
if (!n) return null;
const names = ['redirectStart', 'redirectEnd', 'domainLookupStart', 'domainLookupEnd', 'connectStart',
  'connectEnd', 'secureConnectionStart', 'requestStart', 'responseStart', 'responseEnd',
  'domContentLoadedEventEnd', 'loadEventStart', 'loadEventEnd', 'redirectCount'];
const out = {};
for (const name of names) out[name] = n[name];
out.timeOrigin = performance.timeOrigin; // on the wall clock, ms since 1970
out.protocol = n.nextHopProtocol || '';
return out;
