// Largest Contentful Paint: the last candidate with its element, its address and the resource
// entry of that address, so that the four parts can be computed.
const entries = buffered('largest-contentful-paint');
if (!entries || entries.length === 0) return null;
const e = entries[entries.length - 1];
function path(el) {
  const parts = [];
  for (; el && el.nodeType === 1 && parts.length < 4; el = el.parentElement) {
    let name = el.tagName.toLowerCase();
    if (el.id) { parts.unshift(name + '#' + el.id); break; }
    if (el.classList.length) name += '.' + Array.from(el.classList).slice(0, 2).join('.');
    parts.unshift(name);
  }
  return parts.join(' > ').slice(0, 200);
}
// Known consent banners, and what calls itself one; a page's own body may be named after its state.
const BANNER = '#onetrust-consent-sdk, #CybotCookiebotDialog, #usercentrics-root, #didomi-host, ' +
  '#qc-cmp2-container, #truste-consent-track, [id^="sp_message_container"], .cc-window, ' +
  '#cookie-law-info-bar, [data-consent], [id*="cookie" i], [class*="cookie" i], ' +
  '[id*="consent" i], [class*="consent" i], [aria-label*="cookie" i]';
function inBanner(el) {
  for (; el && el !== document.body && el !== document.documentElement; el = el.parentElement) {
    if (el.matches(BANNER)) return true;
  }
  return false;
}
const out = { time: e.renderTime || e.loadTime, size: e.size, url: e.url || '', element: path(e.element),
  banner: inBanner(e.element) };
if (e.url) {
  const r = performance.getEntriesByType('resource').filter(x => x.name === e.url)[0];
  if (r) { out.start = r.startTime; out.request = r.requestStart; out.end = r.responseEnd; }
}
return out;
