import assert from "node:assert/strict";
import {randomBytes} from "node:crypto";
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {after, before, test} from "node:test";
import {chromium} from "playwright-core";
import {faultsOf, tabStops, watch} from "./looks.mjs";
import {Demo, pictures, run} from "./programs.mjs";

// A phone that many people have.
const PHONE = {viewport: {width: 390, height: 844}, deviceScaleFactor: 3, hasTouch: true, isMobile: true, acceptDownloads: true};

let demo, browser, centre;
before(async () => {
  mkdirSync(pictures, {recursive: true});
  demo = new Demo();
  centre = await demo.centre();
  browser = await chromium.launch({executablePath: process.env.DGA_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
});
after(async () => {
  await browser?.close();
  await demo?.end();
});

const phone = async (locale, colorScheme = "light") => {
  const context = await browser.newContext({...PHONE, locale, colorScheme});
  context.setDefaultTimeout(30_000);
  return context;
};

const picture = (page, name) => page.screenshot({path: join(pictures, `${name}.png`), fullPage: true});

const good = async (page, what) => assert.deepEqual(await faultsOf(page), [], what);

// Taps a link that saves a file; where the file lies.
const saved = async (page, selector) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.tap(selector)]);
  const path = join(demo.folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
};

const handIn = async (page, bundle) => {
  await page.goto(`${centre}/courier`);
  await page.setInputFiles("#file", bundle);
  await page.tap("#send");
  await page.waitForSelector("#receipt:not([hidden])");
};

test("a phone carries the bundle to the centre and the receipt's file back; then nothing waits", async () => {
  demo.scan("kiosk-1", demo.badges.slice(0, 40));
  const {serving, url, records} = await demo.phone("kiosk-1");
  assert.ok(records >= 40);
  const context = await phone("vi-VN");
  const kiosk = await context.newPage();
  const complaints = watch(kiosk, [new URL(url).origin]);
  await kiosk.goto(url);
  assert.match(await kiosk.innerText("main"), new RegExp(`${records} bản ghi`));
  await good(kiosk, "the kiosk's page in Vietnamese");
  await picture(kiosk, "phone-vi");
  const stops = await tabStops(kiosk);
  assert.ok(stops.length >= 6 && stops.every((stop) => stop.outline), JSON.stringify(stops));
  const bundle = await saved(kiosk, "#bundle");
  assert.ok(readFileSync(bundle).subarray(0, 6).equals(Buffer.from("DGAB1\n")));
  assert.equal((await serving.line()).claimed, true);

  await kiosk.tap("nav [hreflang=en]");
  assert.match(await kiosk.innerText("h1"), /Carry data by phone/);
  await good(kiosk, "the kiosk's page in English");
  await picture(kiosk, "phone-en");

  const courier = await context.newPage();
  const more = watch(courier, [centre]);
  await courier.goto(`${centre}/courier`);
  await good(courier, "the courier's page before anything is sent");
  await picture(courier, "courier-vi-empty");
  await handIn(courier, bundle);
  const told = await courier.innerText("#kiosks");
  assert.match(told, /Đã nhận đến bản ghi \d+/);
  assert.match(told, /Không thiếu bản ghi nào/);
  await good(courier, "the courier's page with a receipt");
  await picture(courier, "courier-vi");
  const receipt = await saved(courier, "#save");

  await kiosk.setInputFiles("#file", bundle);  // the wrong one of the two
  await kiosk.tap("form button");
  await kiosk.waitForSelector("#said.bad");
  await kiosk.setInputFiles("#file", receipt);
  await kiosk.tap("form button");
  await kiosk.waitForSelector("#said.ok");
  assert.equal(await kiosk.innerText("#said"), "The centre has all data of this kiosk.");
  await good(kiosk, "the kiosk's page after the receipt");
  await picture(kiosk, "phone-en-done");
  assert.equal(await serving.ended, 0);
  assert.equal(demo.status("kiosk-1").waiting, 0);
  // The wrong file was told as a failed request, and that is all that the browser had to say.
  assert.deepEqual(complaints.filter((text) => !text.includes("422")), []);
  assert.deepEqual(more, []);
  await context.close();
});

test("a receipt's code is read off the phone's screen and acknowledges at the kiosk's scanner", async () => {
  demo.scan("kiosk-2", demo.badges.slice(0, 25));
  const recorded = demo.status("kiosk-2").recorded;
  const {serving, url} = await demo.phone("kiosk-2");
  const context = await phone("en-GB", "dark");
  const kiosk = await context.newPage();
  await kiosk.goto(url);
  await good(kiosk, "the kiosk's page in the dark");
  await picture(kiosk, "phone-en-dark");
  const bundle = await saved(kiosk, "#bundle");
  await serving.stop();

  const courier = await context.newPage();
  await handIn(courier, bundle);
  await good(courier, "the courier's page in the dark");
  await picture(courier, "courier-en-dark");
  const image = join(demo.folder, "code.png");
  writeFileSync(image, await courier.locator("#codes svg").screenshot());
  const read = run("/usr/bin/zbarimg", ["--quiet", "--raw", image]).trim();
  assert.equal(read, await courier.evaluate(() => document.querySelector("#codes output").textContent));

  const [answer, badge] = demo.scan("kiosk-2", [read, demo.badges[30]]);
  assert.equal(answer.result, "receipt");
  assert.equal(answer.received_through, recorded);
  assert.ok(answer.acknowledged >= 25);
  assert.equal(badge.result, "checked_in");
  const again = demo.scan("kiosk-2", [read])[0];
  assert.equal(again.acknowledged, 0);
  assert.equal(again.received_through, recorded);
  await context.close();
});

test("a file that the centre did not look at to its end is told as such, beside its receipt", async () => {
  const context = await phone("en-GB");
  const courier = await context.newPage();
  const bundle = join(demo.folder, "parcel.dgab");
  run("dga", ["bundle", "write", "--out", bundle, ...demo.key("kiosk-1")]);
  await handIn(courier, bundle);
  assert.equal(await courier.locator("#warnings p").count(), 0);
  // So many places where a frame should be and none is.
  const heap = Buffer.concat([readFileSync(bundle), Buffer.from("DGAf and no frame".repeat(70))]);
  const file = {name: "heap.dgab", mimeType: "application/octet-stream", buffer: heap};
  await handIn(courier, file);
  assert.match(await courier.innerText("#warnings"), /did not look at all of this file/);
  assert.equal(await courier.isVisible("#receipt"), true);
  await good(courier, "the courier's page with a warning");
  await picture(courier, "courier-en-warning");
  await courier.setInputFiles("#file", bundle);
  await courier.tap("#send");
  await courier.waitForFunction(() => !document.querySelector("#send").disabled);
  assert.equal(await courier.locator("#warnings p").count(), 0);

  // A class of so many people that no file takes its pack. Nothing in it can be compressed.
  const text = () => randomBytes(30).toString("base64url");
  const rows = Array.from({length: 30_000}, () => `${text()},${text()},${text()},Huế,,1`);
  const roster = join(demo.folder, "roster.csv");
  writeFileSync(roster, ["Họ và tên,Đơn vị công tác,Chức vụ,Tỉnh/thành,Số điện thoại,Nhóm", ...rows].join("\n"));
  run("dga", ["class", "import", "--class", "1", "--roster", roster, "--confirm", "--data", demo.path("centre")]);
  await handIn(courier, bundle);
  assert.match(await courier.innerText("#warnings"), /Class 1 has too many people for a file/);
  await context.close();
});

test("what is no bundle is refused in words that say what to do", async () => {
  const context = await phone("en-GB");
  const courier = await context.newPage();
  await courier.goto(`${centre}/courier`);
  await courier.tap("#send");
  assert.match(await courier.innerText("#said"), /Choose a bundle first/);
  await courier.setInputFiles("#file", {name: "holiday.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(5_000, 7)});
  await courier.tap("#send");
  await courier.waitForSelector("#said.bad");
  assert.match(await courier.innerText("#said"), /This file is no bundle/);
  assert.equal(await courier.isVisible("#receipt"), false);
  await good(courier, "the courier's page after a refusal");
  await picture(courier, "courier-en-refused");
  await context.close();
});

test("the measures find what they are there to find", async () => {
  const context = await phone("en-GB");
  const page = await context.newPage();
  await page.setContent(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><h1>One</h1><p style="color:#777;background:#fff">pale</p>
    <input type="file"><button style="height:20px">low</button><div style="width:900px">wide {{x}}</div>`);
  const faults = (await faultsOf(page)).join("\n");
  for (const found of [/<p> has a contrast of 4/, /<input> has no label/, /<button> is 20 px/, /wide on a screen/, /placeholder/])
    assert.match(faults, found);
  await context.close();
});
