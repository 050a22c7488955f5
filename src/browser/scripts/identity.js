// Which page this is: address, title, and whether the expected element or text is there.
let found = null;
if (expected !== null) {
  try { found = document.querySelector(expected) !== null; } catch (e) { found = false; }
  if (!found && document.body) found = document.body.innerText.includes(expected);
}
return { href: location.href, title: String(document.title).slice(0, 300), found };
