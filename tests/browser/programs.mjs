// The programs as people run them, in a folder of the test's own.
import {spawn, spawnSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createServer} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = process.env.DGA_BIN ?? join(root, "build/release/bin");
const PATIENCE_MS = 60_000;

export const pictures = join(root, "build/browser");
export const MORNING = "2024-11-12T07:55:00+07:00";

export const run = (program, args, input = "") => {
  const path = program.includes("/") ? program : join(bin, program);
  const ended = spawnSync(path, args, {input, encoding: "utf8", timeout: PATIENCE_MS});
  if (ended.status !== 0) throw new Error(`${program} ${args[0]} ended with ${ended.status}: ${ended.stderr}`);
  return ended.stdout;
};

const freePort = () =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const {port} = server.address();
      server.close(() => done(port));
    });
  });

// A program that goes on, read line by line.
export class Running {
  constructor(program, args) {
    this.child = spawn(join(bin, program), args, {stdio: ["ignore", "pipe", "inherit"]});
    this.lines = createInterface({input: this.child.stdout})[Symbol.asyncIterator]();
    this.ended = new Promise((done) => this.child.on("exit", (code) => done(code)));
  }
  async line() {
    const {value, done} = await this.lines.next();
    if (done) throw new Error("the program ended");
    return JSON.parse(value);
  }
  async stop() {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}

export class Demo {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "dga-browser-"));
    this.running = [];
    run("dga", ["demo", "init", "--out", join(this.folder, "demo"), "--participants", "60", "--kiosks", "2", "--seed", "1"]);
    this.badges = readFileSync(this.path("badges.csv"), "utf8").trim().split("\n").slice(1).map((line) => line.split(",")[0]);
  }
  path(name) {
    return join(this.folder, "demo", name);
  }
  key(kiosk) {
    return ["--data", this.path(kiosk), "--passphrase-file", this.path("passphrase")];
  }
  // Scans at the door; the answers, one a scan.
  scan(kiosk, scans) {
    const said = run("dga-kiosk", ["--headless", "--offline", "--at", MORNING, ...this.key(kiosk)], scans.join("\n") + "\n");
    return said.trim().split("\n").map((line) => JSON.parse(line));
  }
  status(kiosk) {
    return JSON.parse(run("dga", ["kiosk", "status", "--json", ...this.key(kiosk)]));
  }
  // The page for phones; its first line names its address.
  async phone(kiosk) {
    const serving = this.start("dga", ["kiosk", "phone", "--address", "127.0.0.1", "--json", ...this.key(kiosk)]);
    const {url, records} = await serving.line();
    return {serving, url, records};
  }
  async centre() {
    const address = `http://127.0.0.1:${await freePort()}`;
    this.start("dga-centre", ["--data", this.path("centre"), "--listen", address]);
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const ready = await fetch(`${address}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return address;
      if (Date.now() > until) throw new Error("the centre did not start");
      await new Promise((again) => setTimeout(again, 50));
    }
  }
  start(program, args) {
    const one = new Running(program, args);
    this.running.push(one);
    return one;
  }
  async end() {
    for (const one of this.running) await one.stop();
    rmSync(this.folder, {recursive: true, force: true});
  }
}
