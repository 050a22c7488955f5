// User Timing and Server-Timing: what the site itself reports, in ms.
const out = {};
const take = (kind, list, value) => {
  for (const e of list.slice(0, 50)) out[kind + ':' + String(e.name).slice(0, 64)] = value(e);
};
take('mark', performance.getEntriesByType('mark'), e => e.startTime);
take('measure', performance.getEntriesByType('measure'), e => e.duration);
const n = performance.getEntriesByType('navigation')[0];
take('server_timing', (n && n.serverTiming) || [], e => e.duration);
return out;
