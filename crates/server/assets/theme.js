// Runs before the first paint: says that JavaScript is on and applies the reader's theme, so that nothing flashes.
// Plain JavaScript on purpose: it needs no build step.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") {
      root.setAttribute("data-theme", theme);
    }
  } catch (_) {
    // Storage is switched off: the system's choice stands.
  }
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    if (!button) {
      return;
    }
    var dark = function () {
      var chosen = root.getAttribute("data-theme");
      return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    };
    var tell = function () {
      button.setAttribute("aria-pressed", String(dark()));
    };
    tell();
    button.addEventListener("click", function () {
      var next = dark() ? "light" : "dark";
      root.setAttribute("data-theme", next);
      try {
        localStorage.setItem("theme", next);
      } catch (_) {
        // The choice then holds for this page only.
      }
      tell();
      document.dispatchEvent(new CustomEvent("themechange"));
    });
  });
})();
