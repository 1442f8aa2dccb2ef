// What every page keeps, measured in the browser: faults in words, an empty list when there are none.

// Runs in the page.
const measure = () => {
  const faults = [];
  const luminance = ([r, g, b]) => {
    const part = (value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const opaque = (colour) => numbers(colour).length === 3 || numbers(colour)[3] === 1;
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (opaque(colour)) return numbers(colour);
    }
    return [255, 255, 255];
  };
  const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
  const name = (element) => `<${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}>`;

  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!own || !shown(element) || element.closest("svg")) continue;
    const [a, b] = [luminance(numbers(getComputedStyle(element).color)), luminance(ground(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 7) faults.push(`${name(element)} has a contrast of ${contrast.toFixed(2)}`);
  }
  for (const element of document.querySelectorAll("button, nav a, .button, input, summary")) {
    const {height} = element.getBoundingClientRect();
    if (shown(element) && height < 44) faults.push(`${name(element)} is ${height.toFixed(0)} px tall`);
  }
  for (const input of document.querySelectorAll("input")) {
    if (input.labels.length === 0) faults.push(`${name(input)} has no label`);
  }
  for (const picture of document.querySelectorAll("svg")) {
    if (!picture.querySelector("title")?.textContent) faults.push("a picture says nothing to who cannot see it");
  }
  // Not innerWidth: a phone's browser makes that as wide as what does not fit.
  if (document.documentElement.scrollWidth > screen.width)
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide on a screen of ${screen.width}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one first heading");
  if (!document.documentElement.lang) faults.push("no language is named");
  if (/\{\{|\}\}|undefined|NaN/.test(document.body.innerText)) faults.push("a placeholder was not filled");
  return faults;
};

export const faultsOf = (page) => page.evaluate(measure);

// Everything that can be reached by Tab, in its order, each with a focus that is seen.
export const tabStops = async (page) => {
  await page.evaluate(() => document.activeElement?.blur());
  const stops = [];
  for (let i = 0; i < 30; ++i) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const style = getComputedStyle(at);
      return {id: at.id || at.getAttribute("hreflang") || at.className, outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0};
    });
    if (!stop || stops.some((each) => each.id === stop.id)) break;
    stops.push(stop);
  }
  return stops;
};

// Complaints of the browser and addresses elsewhere, collected from here on.
export const watch = (page, allowed) => {
  const complaints = [];
  page.on("console", (message) => {
    // Chromium asks for an icon by itself.
    if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const {protocol, origin} = new URL(request.url());
    if (protocol.startsWith("http") && !allowed.includes(origin)) complaints.push(`asked ${origin}`);
  });
  return complaints;
};
