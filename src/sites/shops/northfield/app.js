// Northfield: the only script, for the finish buttons.
for (const button of document.querySelectorAll(".swatch button")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll(".swatch button")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
