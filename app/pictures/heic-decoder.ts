import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { DecoderEndedError, PictureTooSlowError, UnreadablePictureError } from "./errors.ts";
import { heicArgument } from "./heic-argument.ts";
import { pixelLimit } from "./pixel-limit.ts";
import type { Pixels } from "./pixels.ts";

/** Decodes HEIC, which the prebuilt libvips cannot: HEVC is not among its codecs. */
export interface HeicDecoder {
  /**
   * The primary picture as the file's own boxes turn it, in the file's own colours, shrunk by a whole number where
   * it is large.
   *
   * @throws UnreadablePictureError, PictureTooSlowError: the file's fault
   * @throws DecoderEndedError: another ended the child
   */
  decode(path: string): Promise<Pixels>;
}

export interface HeicDecoderOptions {
  /** The app's program file, which runs the child when its first argument is `decode-heic`. */
  readonly program: string;
  /** @default 60: ten times what 48 megapixels take */
  readonly seconds?: number;
  /** Resident memory at which the child is ended. @default 1.25 GiB: what 100 megapixels take, with some room */
  readonly memoryBytes?: number;
}

/** What the child may not do is stated to Node: write, start programs or threads, load native code. */
const childFlags = ["--permission", "--allow-fs-read=*", "--no-warnings", "--max-old-space-size=256"];

const memoryCheckMilliseconds = 100;

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a program brings upon itself, here by what the file made it do. */
const ownFaults: ReadonlySet<NodeJS.Signals> = new Set([
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGSEGV",
  "SIGSYS",
  "SIGTRAP",
]);

/** One child process a file; it inherits nothing of the environment. */
export function createHeicDecoder(options: HeicDecoderOptions): HeicDecoder {
  const { program, seconds = 60, memoryBytes = 1.25 * 2 ** 30 } = options;
  return {
    async decode(path) {
      const child = spawn(process.execPath, [...childFlags, program, heicArgument, path], {
        env: {},
        stdio: ["ignore", "pipe", "pipe"],
      });
      let endedFor: "time" | "memory" | "size" | undefined;
      const end = (reason: NonNullable<typeof endedFor>) => {
        endedFor ??= reason;
        child.kill("SIGKILL");
      };
      const timer = setTimeout(() => end("time"), seconds * 1000);
      const watch = setInterval(() => {
        void residentBytes(child.pid).then((bytes) => {
          if (bytes > memoryBytes) end("memory");
        });
      }, memoryCheckMilliseconds);
      try {
        const [answer, complaint, ended] = await Promise.all([
          collect(child.stdout, mostAnswerBytes, () => end("size")),
          collect(child.stderr, mostComplaintBytes, () => {}),
          new Promise<Ending>((resolve, reject) => {
            child.once("error", reject);
            child.once("close", (code, signal) => resolve({ code, signal }));
          }),
        ]);
        if (endedFor === "time") throw new PictureTooSlowError(seconds);
        if (endedFor === undefined && ended.signal !== null && !ownFaults.has(ended.signal)) {
          throw new DecoderEndedError(ended.signal);
        }
        const words = complaint.toString("utf8").trim().slice(0, 200);
        if (ended.code !== 0)
          throw unreadable(endedFor === undefined ? words : `it needs too much ${endedFor}`);
        return readAnswer(answer);
      } finally {
        clearTimeout(timer);
        clearInterval(watch);
        child.kill("SIGKILL");
      }
    },
  };
}

const headerBytes = 12;
const mostAnswerBytes = headerBytes + pixelLimit * 4;
const mostComplaintBytes = 64 * 1024;

function readAnswer(answer: Buffer): Pixels {
  if (answer.length < headerBytes) throw unreadable("the decoder ended without an answer");
  const width = answer.readUInt32LE(0);
  const height = answer.readUInt32LE(4);
  const channels = answer.readUInt32LE(8) === 4 ? 4 : 3;
  const data = answer.subarray(headerBytes);
  if (data.length !== width * height * channels) throw unreadable("the decoder's answer was cut off");
  return { data, width, height, channels };
}

function unreadable(complaint: string): UnreadablePictureError {
  return new UnreadablePictureError(
    `this HEIC file cannot be read: ${complaint || "its content is damaged"}`,
  );
}

async function collect(
  stream: AsyncIterable<Buffer>,
  mostBytes: number,
  onTooMany: () => void,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    else onTooMany();
  }
  return Buffer.concat(chunks);
}

/** On Linux; 0 elsewhere, where the time alone is bounded. */
async function residentBytes(pid: number | undefined): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
