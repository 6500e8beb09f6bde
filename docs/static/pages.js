// What the theme leaves out for those who listen to a page or have no mouse: the level of the
// captions in the table of contents, names for parts of one kind, no heads of tables without words
// (pandas writes some over rows' names), a heading of the page for searches, and a way to reach what
// scrolls.
document.addEventListener("DOMContentLoaded", () => {
  for (const caption of document.querySelectorAll("p.caption[role=heading]:not([aria-level])")) {
    caption.setAttribute("aria-level", "2");
  }
  document.querySelector("aside.sidebar-drawer")?.setAttribute("aria-label", "All pages");
  document.querySelector("aside.toc-drawer")?.setAttribute("aria-label", "On this page");
  for (const head of document.querySelectorAll("th")) {
    if (!head.textContent.trim()) {
      const cell = document.createElement("td");
      [cell.colSpan, cell.rowSpan] = [head.colSpan, head.rowSpan];
      head.replaceWith(cell);
    }
  }
  if (!document.querySelector("h1")) {
    const heading = document.createElement("h1");
    heading.textContent = document.title.split(" - ")[0];
    document.querySelector("article")?.prepend(heading);
  }
  const reachable = () => {
    for (const block of document.querySelectorAll("pre, .table-wrapper, .cell_output, div.math")) {
      if (block.scrollWidth > block.clientWidth) {
        block.tabIndex = 0;
      } else {
        block.removeAttribute("tabindex");
      }
    }
  };
  reachable();
  window.addEventListener("resize", reachable);
});
