// Page-complete rule: calls back once the load event has ended and, for `quiet` ms after that and
// after `since`, no response has ended and no long task has run; or at `cap`. Milliseconds on the
// page's own clock; `since` is a time before which no quiet window may begin, `cap` a span.
const quiet = arguments[0], cap = arguments[1], since = arguments[2];
const done = arguments[arguments.length - 1];
const started = performance.now();
const startPage = location.protocol === 'data:' || location.href === 'about:blank';
let last = since === null ? 0 : started;
let observers = [];
function end(state) {
  observers.forEach(o => o.disconnect());
  const n = performance.getEntriesByType('navigation')[0];
  done({ state, href: location.href, load: n ? n.loadEventEnd : 0, last, now: performance.now() });
}
function watch(type, endOf) {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
  const o = new PerformanceObserver(list => {
    for (const e of list.getEntries()) last = Math.max(last, endOf(e));
  });
  o.observe({ type, buffered: true });
  observers.push(o);
}
if (!startPage) {
  watch('resource', e => e.responseEnd || 0);
  watch('longtask', e => e.startTime + e.duration);
}
function look() {
  const now = performance.now();
  const n = performance.getEntriesByType('navigation')[0];
  const load = !startPage && n ? n.loadEventEnd : 0;
  const from = Math.max(last, load);
  if (load > 0 && now >= from + quiet) return end('quiet');
  if (now >= started + cap) return end(load > 0 ? 'capped' : 'no_load');
  const next = load > 0 ? from + quiet - now : 20;
  setTimeout(look, Math.max(1, Math.min(next, started + cap - now)));
}
look();
