import { parseArgs } from "node:util";
import { type DeadLetter, type DeadLetters, createDeadLetters } from "../events/dead-letters.ts";
import { counted, type ExitCode, exitCodes, jsonLine, type Terminal, UsageError } from "./terminal.ts";

interface LettersRequest {
  readonly verb: "list" | "replay";
  readonly projectId: string;
  readonly subscription: string;
  readonly endpoint: string | undefined;
  readonly isJson: boolean;
}

/**
 * `imgstream letters list|replay`: what could not be delivered. Replaying publishes each message as it was to its
 * topic and only then takes it out of the dead letter: stopped at any moment and repeated, a message may be published
 * twice, which receivers bear, and none is lost.
 *
 * @throws UsageError, DeadLetterError
 */
export async function runLetters(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const request = parseLetters(words);
  const { endpoint, projectId, subscription } = request;
  const letters = createDeadLetters({ projectId, subscription, ...(endpoint !== undefined && { endpoint }) });
  return request.verb === "list"
    ? await list(letters, request, terminal)
    : await replay(letters, request, terminal, new Date());
}

async function list(
  letters: DeadLetters,
  { isJson }: LettersRequest,
  { write }: Terminal,
): Promise<ExitCode> {
  const held: DeadLetter[] = [];
  try {
    // What is held is not given again, so that the end is reached.
    for (let found = await letters.pull(); found.length > 0; found = await letters.pull()) {
      held.push(...found);
      for (const letter of found) write(isJson ? jsonLine(describe(letter)) : sentence(letter));
    }
  } finally {
    await releaseAll(letters, held);
  }
  if (!isJson) write(held.length === 0 ? "Nothing here." : counted(held.length, "message"));
  return held.length === 0 ? exitCodes.fine : exitCodes.damage;
}

async function replay(
  letters: DeadLetters,
  { isJson }: LettersRequest,
  { write, complain }: Terminal,
  begin: Date,
): Promise<ExitCode> {
  const left: DeadLetter[] = [];
  let count = 0;
  try {
    for (let found = await letters.pull(); found.length > 0; found = await letters.pull()) {
      for (const letter of found) {
        // Put aside since this began: perhaps what was published again a moment ago.
        if (Date.parse(letter.putAsideAt) > begin.getTime()) {
          left.push(letter);
          continue;
        }
        try {
          await letters.publishAgain(letter);
          await letters.acknowledge([letter]);
          count += 1;
          write(isJson ? jsonLine(describe(letter)) : sentence(letter));
        } catch (error) {
          left.push(letter);
          complain(`${letter.messageId} stays: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
  } finally {
    await releaseAll(letters, left);
  }
  if (!isJson) write(`${counted(count, "message")} published again, ${left.length} left.`);
  return left.length === 0 ? exitCodes.fine : exitCodes.damage;
}

/** As many at once as one request takes. */
async function releaseAll(letters: DeadLetters, held: readonly DeadLetter[]): Promise<void> {
  for (let first = 0; first < held.length; first += 100)
    await letters.release(held.slice(first, first + 100));
}

function describe({ messageId, putAsideAt, source, deliveries, message }: DeadLetter) {
  return { messageId, putAsideAt, source: source ?? null, deliveries, subject: subjectOf(message) };
}

function sentence(letter: DeadLetter): string {
  const { messageId, putAsideAt, source, deliveries, subject } = describe(letter);
  return `${putAsideAt}  ${messageId}  ${source ?? "from nowhere"}, tried ${counted(deliveries, "time")}${subject === null ? "" : `: ${subject}`}`;
}

/** The object that an event of the store is about. */
function subjectOf({ attributes }: DeadLetter["message"]): string | null {
  return attributes?.["objectId"] ?? null;
}

/** @throws UsageError */
function parseLetters(words: readonly string[]): LettersRequest {
  const { values, positionals } = parse(words);
  const [verb, ...rest] = positionals;
  if ((verb !== "list" && verb !== "replay") || rest.length > 0) {
    throw new UsageError(
      `expected 'letters' and list or replay, got '${positionals.join(" ")}': see 'imgstream --help'`,
    );
  }
  const { project: projectId, subscription = "imgstream-dead", pubsub: endpoint, json } = values;
  if (projectId === undefined || !/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(projectId)) {
    throw new UsageError(
      `letters needs --project with the id of a Google Cloud project, got '${projectId ?? ""}'`,
    );
  }
  if (!/^[a-zA-Z][\w.~+%-]{2,254}$/.test(subscription)) {
    throw new UsageError(
      `--subscription must be the last part of a subscription's name, got '${subscription}'`,
    );
  }
  // Messages name people's folders: they go to Google, or stay on this machine.
  if (endpoint !== undefined && !/^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(endpoint)) {
    throw new UsageError(
      `--pubsub must be a stand-in of this machine, like http://127.0.0.1:8085, got '${endpoint}'`,
    );
  }
  return { verb, projectId, subscription, endpoint, isJson: json === true };
}

function parse(words: readonly string[]) {
  const options = {
    project: { type: "string" },
    subscription: { type: "string" },
    pubsub: { type: "string" },
    json: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}; see 'imgstream --help'`, { cause: error });
  }
}
