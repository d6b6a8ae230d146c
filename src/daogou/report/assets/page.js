"use strict";
// The language switch, the charts, and what print needs. Text from data is only ever set as text.
(function () {
  const options = JSON.parse(document.getElementById("charts").textContent);
  const root = document.documentElement;
  const switches = Array.from(document.querySelectorAll("[data-switch]"));
  const codes = switches.map((link) => link.dataset.switch);
  const drawn = new Map();

  let shown = root.dataset.opening;

  // "#zh" and "#zh-needs" both mean Chinese; "#campaign-26" leaves the language as it is.
  function asked() {
    const code = location.hash.slice(1).split("-")[0];
    return codes.includes(code) ? code : shown;
  }

  // A link to a campaign, by the end of its address or by its name as it is, unfolds what it lies in.
  function reveal() {
    let key = location.hash.slice(1);
    try { key = decodeURIComponent(key) } catch (wrong) { return }
    if (!key || codes.includes(key)) return;
    const named = (fold) => "campaign-" + fold.dataset.campaign === key;
    const folds = Array.from(document.querySelectorAll("main:not([hidden]) [data-campaign]"));
    const block = document.getElementById(key) || document.getElementById(shown + "-" + key) || folds.find(named);
    if (!block) return;
    for (let fold = block; fold; fold = fold.parentElement) if (fold.tagName === "DETAILS") fold.open = true;
    if (block.id !== key || block.tagName === "DETAILS") block.scrollIntoView({ behavior: "instant" });
  }

  function show(code) {
    shown = code;
    for (const main of document.querySelectorAll("main")) main.hidden = main.dataset.language !== code;
    for (const link of switches) {
      const chosen = link.dataset.switch === code;
      if (chosen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (chosen) {
        root.lang = link.dataset.tag;
        document.title = link.dataset.title;
      }
    }
  }

  // The block at the top of the window, so that a reader who switches language stays where they were.
  function place() {
    const blocks = document.querySelectorAll("main:not([hidden]) > [id]");
    for (const block of blocks) {
      const box = block.getBoundingClientRect();
      if (box.bottom > 80) return { key: block.id.split("-").slice(1).join("-"), top: box.top };
    }
    return null;
  }

  function change(code) {
    const before = window.scrollY > 80 ? place() : null;
    history.replaceState(null, "", "#" + code);
    show(code);
    const block = before && document.getElementById(code + "-" + before.key);
    if (block) window.scrollBy({ top: block.getBoundingClientRect().top - before.top, behavior: "instant" });
  }

  function tip(item) {
    const element = document.createElement("div");
    element.textContent = (item.data && item.data.tip) || item.name;
    return element;
  }

  function draw(element) {
    if (element.clientWidth === 0) return;
    const known = drawn.get(element);
    if (known) return known.resize();
    const code = element.closest("main").dataset.language;
    const option = options[code][element.dataset.chart];
    const base = option.baseOption || option;
    if (base.tooltip) base.tooltip.formatter = tip;
    base.textStyle.fontFamily = getComputedStyle(document.body).fontFamily;
    const chart = echarts.init(element, null, { renderer: "svg" });
    chart.setOption(option);
    drawn.set(element, chart);
  }

  for (const link of switches) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      change(link.dataset.switch);
    });
  }
  window.addEventListener("hashchange", () => { show(asked()); reveal(); });
  show(asked());
  reveal();

  // A chart is drawn when it first has room: its language shown, its fold open.
  const sizes = new ResizeObserver((entries) => entries.forEach((entry) => draw(entry.target)));
  document.querySelectorAll(".chart").forEach((element) => sizes.observe(element));

  // Paper cannot unfold; the appendix is for the screen.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("main:not([hidden]) .block:not(.appendix) > .fold:not([open])"));
    opened.forEach((fold) => (fold.open = true));
    document.querySelectorAll("main:not([hidden]) .chart").forEach(draw);
  });
  window.addEventListener("afterprint", () => opened.forEach((fold) => (fold.open = false)));
})();
