import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../local/free-port.ts";
import { repeated } from "./measure.ts";

/**
 * imgproxy (on the PATH, where somebody has built it) makes thumbnail and preview of the same files over HTTP: two
 * requests, each with a decode of its own, for it makes one picture a request. It records and keeps nothing.
 *
 * @param here pictures a second of the service, on as many cores
 * @returns one sentence
 */
export async function measureImgproxy(
  folder: string,
  pictureCount: number,
  cores: number,
  here: number,
): Promise<string> {
  const port = await freePort();
  const child = spawn("imgproxy", [], {
    stdio: "ignore",
    env: {
      ...process.env,
      IMGPROXY_BIND: `127.0.0.1:${port}`,
      IMGPROXY_LOCAL_FILESYSTEM_ROOT: folder,
      IMGPROXY_WORKERS: String(cores),
      IMGPROXY_LOG_LEVEL: "error",
    },
  });
  const gone = new AbortController();
  for (const event of ["error", "exit"]) child.once(event, () => gone.abort());
  try {
    const origin = `http://127.0.0.1:${port}`;
    if (!(await isReady(origin, gone.signal))) return "imgproxy: not on the PATH, so not measured.";
    const make = async (index: number) => {
      for (const options of ["rs:fit:1600:1600/q:80/f:jpg", "rs:fit:400:400/q:80/f:webp"]) {
        const reply = await fetch(`${origin}/insecure/${options}/plain/local:///${index}.jpg`);
        if (!reply.ok) throw new Error(`imgproxy answered ${reply.status}: ${await reply.text()}`);
        await reply.arrayBuffer();
      }
    };
    await make(0);
    const seconds = await repeated(async () => {
      const left = Array.from({ length: pictureCount }, (_, index) => index);
      const worker = async () => {
        for (let index = left.pop(); index !== undefined; index = left.pop()) await make(index);
      };
      await Promise.all(Array.from({ length: cores }, worker));
    });
    const perSecond = pictureCount / seconds;
    const ratio = (here / perSecond).toFixed(2);
    return `imgproxy, thumbnail and preview in two requests: ${perSecond.toFixed(2)}/s on ${cores} cores; here ${ratio} times as many`;
  } finally {
    child.kill();
  }
}

async function isReady(origin: string, gone: AbortSignal): Promise<boolean> {
  for (let tries = 0; tries < 100 && !gone.aborted; tries++) {
    const reply = await fetch(`${origin}/health`).catch(() => undefined);
    if (reply?.ok === true) return true;
    await pause(100);
  }
  return false;
}
