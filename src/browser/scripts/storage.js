// What the page's origin keeps: the answer to a consent banner may be there and in no cookie.
try {
  return { origin: location.origin, entries: Object.entries(localStorage) };
} catch (error) { return { origin: null, entries: [] }; }
