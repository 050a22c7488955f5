// Helpbubble: the round button in the corner and its panel, opened by a click only.
(() => {
  "use strict";
  const self = document.currentScript;
  const colour = self.dataset.colour || "#333";
  const label = self.dataset.label || "Help";
  const build = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.style.cssText = `position:fixed;right:16px;bottom:16px;height:44px;padding:0 18px;border:0;border-radius:22px;background:${colour};color:#fff;font:600 15px/44px sans-serif;z-index:5`;
    button.addEventListener("click", () => {
      let panel = document.getElementById("helpbubble");
      if (panel) { panel.remove(); return; }
      panel = document.createElement("div");
      panel.id = "helpbubble";
      panel.textContent = "We usually answer within ten minutes.";
      panel.style.cssText = "position:fixed;right:16px;bottom:72px;width:260px;padding:18px;background:#fff;border:1px solid #ccc;border-radius:10px;font:15px/22px sans-serif;z-index:5";
      document.body.append(panel);
    });
    document.body.append(button);
  };
  if (document.body) build();
  else document.addEventListener("DOMContentLoaded", build);
})();
