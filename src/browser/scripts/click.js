// Clicks on the first element that a selector finds.
try {
  const e = document.querySelector(arguments[0]);
  if (!e) return 'absent';
  e.click();
  return 'clicked';
} catch (error) { return 'no selector'; }
