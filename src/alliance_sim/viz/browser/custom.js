// What Solara's own page leaves out: its language, and the right to enlarge it. Where Solara's
// scripts did not come, the page says so instead of staying white.
document.documentElement.lang = "en";
document.querySelector("meta[name=viewport]").content = "width=device-width, initial-scale=1";
if (typeof window.solara === "undefined") {
  document.getElementById("app").outerHTML =
    '<main class="run-page"><h1>This page cannot be shown</h1>' +
    "<p>The scripts that it is made of are neither installed nor reachable. " +
    "Ask whoever started it to type <code>python -m pip install solara-assets</code> " +
    "and to start it again; after that it needs no internet.</p></main>";
}
