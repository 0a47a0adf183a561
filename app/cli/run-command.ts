import { listLog, listOwners, organisationOwner } from "../catalog/history/stored-logs.ts";
import { isStatus } from "../storage/cloud-failure.ts";
import { type ObjectStore, StoreUnavailableError } from "../storage/object-store.ts";
import { rebuild, snapshot } from "./copies.ts";
import { exportPerson } from "./export.ts";
import { help } from "./help.ts";
import { history } from "./history.ts";
import { inspect } from "./inspect.ts";
import { runLetters } from "./letters.ts";
import { tellNoCatalogs } from "./no-catalogs.ts";
import { openRecords, type Records } from "./records-location.ts";
import { parseRequest, type Request } from "./request.ts";
import { type ExitCode, exitCodes, plainTerminal, type Terminal, UsageError } from "./terminal.ts";
import { verify } from "./verify.ts";

export interface Surroundings {
  /** For Cloud Storage. @default Google's own */
  readonly storageStandIn?: string | undefined;
}

/** Runs one command of the program to its end. Never throws. */
export async function runCommand(
  words: readonly string[],
  given: Terminal,
  { storageStandIn }: Surroundings = {},
): Promise<ExitCode> {
  const terminal = plainTerminal(given);
  try {
    const [noun, ...rest] = words;
    if (noun === "letters" && !rest.includes("--help")) return await runLetters(rest, terminal);
    const request = parseRequest(words);
    if (request === undefined) {
      terminal.write(help);
      return exitCodes.fine;
    }
    return await answer(request, openRecords(request.records, storageStandIn), terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.complain(error.message);
      return exitCodes.usage;
    }
    terminal.complain(refusal(error, words) ?? `Not finished: ${sentence(error)}`);
    return exitCodes.unavailable;
  }
}

async function answer(request: Request, records: Records, terminal: Terminal): Promise<ExitCode> {
  const { store } = records;
  const owners = await ownersOf(store);
  if (owners.length === 0) return await tellNoCatalogs(records, terminal);
  return await ask(request, store, asked(request, owners), terminal);
}

async function ask(
  request: Request,
  store: ObjectStore,
  owners: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  if (request.verb === "inspect") return await inspect(store, owners, request, terminal);
  if (request.verb === "verify") return await verify(store, owners, request, terminal);
  if (request.verb === "snapshot") return await snapshot(store, owners, request, terminal);
  if (request.verb === "rebuild") return await rebuild(store, owners, request, terminal);
  const [owner = ""] = owners;
  await checkReached(request, store, owner);
  const tell = request.verb === "history" ? history : exportPerson;
  return await tell(store, owner, request, terminal);
}

/** @throws UsageError when the log does not reach the entry that was asked for */
async function checkReached({ moment }: Request, store: ObjectStore, owner: string): Promise<void> {
  if (moment === undefined || !("sequence" in moment)) return;
  const head = (await listLog(store, owner)).numbers.at(-1) ?? 0;
  if (moment.sequence <= head) return;
  throw new UsageError(
    `--sequence must be an entry of ${owner}, the last entry is ${head}, got ${moment.sequence}`,
  );
}

/** Everyone who has a catalog. */
async function ownersOf(store: ObjectStore): Promise<readonly string[]> {
  const owners = await Array.fromAsync(listOwners(store));
  // What concerns everyone comes first.
  return owners.toSorted(
    (one, other) => Number(other === organisationOwner) - Number(one === organisationOwner),
  );
}

/** @throws UsageError when there is nobody of the id that was asked for */
function asked({ person }: Request, owners: readonly string[]): readonly string[] {
  if (person === undefined) return owners;
  if (!owners.includes(person)) {
    throw new UsageError(`no catalog of '${person}': 'imgstream catalog inspect' shows who there is`);
  }
  return [person];
}

/** What the store answers to a name that is not there, and to who may not see it, in words. */
function refusal(error: unknown, words: readonly string[]): string | undefined {
  if (!(error instanceof StoreUnavailableError)) return undefined;
  const where = words.find((word) => word.includes("gs://"))?.replace(/^--records=/, "") ?? "the bucket";
  if (isStatus(error.cause, 404)) return `Not finished: there is no ${where}: is that its name?`;
  if (isStatus(error.cause, 401) || isStatus(error.cause, 403)) {
    return `Not finished: you may not read ${where}: 'gcloud auth application-default login' as somebody who may`;
  }
  return undefined;
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
