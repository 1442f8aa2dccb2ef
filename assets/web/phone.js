// Gives a receipt file back to the kiosk that serves this page.
"use strict";
(() => {
  const main = document.getElementById("main");
  const form = document.getElementById("receipts");
  const file = document.getElementById("file");
  const said = document.getElementById("said");
  const words = main.dataset;
  form.hidden = false;

  const say = (text, how) => {
    said.className = "said " + how;
    said.textContent = text;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (file.files.length === 0) {
      say(words.choose, "bad");
      file.focus();
      return;
    }
    say(words.sending, "");
    try {
      const answer = await fetch(`/${words.token}/receipts`, {
        method: "POST",
        headers: {"Content-Type": "application/octet-stream"},
        body: file.files[0],
      });
      if (answer.status === 413) return say(words.large, "bad");
      if (answer.status === 422) return say(words.wrong, "bad");
      if (!answer.ok) return say(words.lost, "bad");
      const settled = await answer.json();
      if (settled.waiting === 0) return say(words.all, "ok");
      say(words.through.replace("{through}", settled.received_through).replace("{waiting}", settled.waiting), "ok");
    } catch {
      say(words.lost, "bad");
    }
  });
})();
