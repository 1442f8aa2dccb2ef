// Sends a bundle to the centre and shows what came of it: per kiosk in words, the receipts as a file and as codes.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const words = at("main").dataset;
  const language = document.documentElement.lang;
  const file = at("file");
  at("form").hidden = false;

  const counted = (n) => Number(n).toLocaleString(language);
  const filled = (text, values) => text.replace(/\{([a-z]+)\}/g, (whole, key) => values[key] ?? whole);
  const say = (text, how) => {
    at("said").className = "said " + how;
    at("said").textContent = text;
  };
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const kioskName = (receipt) =>
    receipt.kiosk ? filled(words.kiosk, {name: receipt.kiosk}) : words.kioskUnknown;

  // What went wrong, in words that say what to do.
  const refusal = (status, body) => {
    let code = "";
    try {
      code = JSON.parse(new TextDecoder().decode(body)).error.code;
    } catch {
      code = String(status);
    }
    if (code === "bundle.not_one") return words.notOne;
    if (code === "bundle.nothing_verified") return words.nothing;
    if (status === 413) return words.large;
    if (status === 503 || status === 502 || status === 504) return words.busy;
    return filled(words.refused, {code});
  };

  // fetch() tells no progress of what is sent.
  const post = (address, body, progress) =>
    new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.responseType = "arraybuffer";
      request.setRequestHeader("Content-Type", "application/octet-stream");
      if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded, event.total));
      request.addEventListener("load", () =>
        done({status: request.status, body: request.response, told: request.getResponseHeader("Dga-Bundle") ?? ""}));
      request.addEventListener("error", () => done({status: 0, body: new ArrayBuffer(0), told: ""}));
      request.send(body);
    });

  const lines = (receipt) => {
    const list = element("ul");
    const add = (text, className) => list.append(element("li", text, className));
    const through = receipt.received_through;
    add(through > 0 ? filled(words.through, {n: counted(through)}) : words.noneYet);
    if (receipt.missing_from > 0) add(filled(words.missing, {n: counted(receipt.missing_from)}), "care");
    else if (through > 0) add(words.complete);
    if (receipt.quarantined > 0) add(filled(words.quarantined, {n: counted(receipt.quarantined)}), "care");
    if (receipt.fork_at > 0) add(filled(words.fork, {n: counted(receipt.fork_at)}), "care");
    if (receipt.revoked) add(words.revoked, "care");
    if (receipt.refused === "reseal") add(words.reseal, "care");
    if (receipt.refused === "version") add(words.version, "care");
    return list;
  };

  const picture = (receipt) => {
    const figure = element("figure", "", "code");
    figure.append(element("figcaption", filled(words.code, {name: receipt.kiosk || "?"})));
    const drawn = new DOMParser().parseFromString(receipt.svg, "image/svg+xml");
    figure.append(document.importNode(drawn.documentElement, true));
    const details = element("details");
    const digits = element("output", receipt.digits);
    details.append(element("summary", words.digits), digits);
    figure.append(details);
    return figure;
  };

  const show = (receipts) => {
    at("kiosks").replaceChildren(...receipts.map((receipt) => {
      const part = element("div", "", "kiosk");
      part.append(element("h3", kioskName(receipt)), lines(receipt));
      return part;
    }));
    at("codes").replaceChildren(...receipts.map(picture));
    at("result").hidden = receipts.length === 0;
  };

  // What the centre says of the file beside its receipts: "batches=3 ... gave_up=1 classes_too_large=1,2".
  const warn = (told) => {
    const {gave_up: gaveUp, classes_too_large: classes = ""} =
      Object.fromEntries(told.split(" ").map((part) => part.split("=")));
    const texts = classes.split(",").filter(Boolean).map((n) => filled(words.largeClass, {n}));
    if (gaveUp === "1") texts.unshift(words.notAll);
    at("warnings").replaceChildren(...texts.map((text) => element("p", text, "said care")));
  };

  let saved = "";
  const offer = (bundle) => {
    if (saved) URL.revokeObjectURL(saved);
    saved = URL.createObjectURL(new Blob([bundle], {type: "application/octet-stream"}));
    at("save").href = saved;
    at("save").download = file.files[0].name.replace(/\.dgab$/i, "") + "-receipt.dgab";
    at("receipt").hidden = false;
  };

  const send = async () => {
    at("result").hidden = at("receipt").hidden = true;
    at("no-codes").textContent = "";
    warn("");
    say(words.sending, "");
    const sent = await post("/api/v1/bundles", file.files[0], (loaded, total) => {
      const percent = total ? Math.floor((100 * loaded) / total) : 0;
      at("progress").value = percent;
      say(percent < 100 ? filled(words.sentPart, {percent}) : words.reading, "");
    });
    if (sent.status === 0) return say(words.lost, "bad");
    if (sent.status !== 200) return say(refusal(sent.status, sent.body), "bad");
    warn(sent.told);
    offer(sent.body);
    const coded = await post("/api/v1/bundles/codes", sent.body);
    if (coded.status !== 200) {
      say(words.received, "ok");
      at("no-codes").textContent = words.noCodes;
      return;
    }
    const receipts = JSON.parse(new TextDecoder().decode(coded.body)).receipts;
    show(receipts);
    if (receipts.length === 0) {
      at("receipt").hidden = true;
      return say(words.nothing, "bad");
    }
    say(words.received, "ok");
    at("result-title").focus();
  };

  at("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (file.files.length === 0) {
      say(words.choose, "bad");
      file.focus();
      return;
    }
    at("send").disabled = true;
    at("progress").hidden = false;
    try {
      await send();
    } catch {
      say(words.lost, "bad");
    } finally {
      at("send").disabled = false;
      at("progress").hidden = true;
      at("progress").value = 0;
    }
  });
})();
