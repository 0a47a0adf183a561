import { AccountClosedError } from "../../../app/catalog/person/errors.ts";
import type { Identity } from "../../../app/identity/identity.ts";
import { newPhoto } from "../../catalog/photo-fixture.ts";
import type { AccountProcess } from "./account-process.ts";
import type { AccountsHistory } from "./accounts-history.ts";

export interface AccountRequest {
  readonly subject: string;
  readonly key: string;
  readonly closes: boolean;
  /** The closing ends half-way: the sign-in still leads to the account. */
  readonly stops: boolean;
  /** So long the request waits once it is known whose it is, and once they are let in; milliseconds. */
  readonly waits: { readonly start: number; readonly body: number };
}

/** One request, as the server's hooks treat it. */
export async function ask(
  { life, people, signIns, accounts, catalog }: AccountProcess,
  history: AccountsHistory,
  { subject, key, closes, stops, waits }: AccountRequest,
): Promise<void> {
  // One that sleeps takes it when it awakes.
  await life.sleep(0);
  const userId = await people.userIdOf(subject);
  if (waits.start > 0) await life.sleep(waits.start);
  let person = identityOf(subject, userId);
  try {
    await signIns.see(person);
  } catch (error) {
    if (!(error instanceof AccountClosedError)) throw error;
    signIns.forget(person.userId);
    person = identityOf(subject, (await accounts.beginAnew(person)).userId);
    await signIns.see(person, { isAnew: true });
  }
  const subjects = history.subjectOf.get(person.userId) ?? new Set();
  history.subjectOf.set(person.userId, subjects.add(subject));
  if (waits.body > 0) await life.sleep(waits.body);
  try {
    if (closes) {
      history.closing.add(person.userId);
      if (stops) {
        const command = { kind: "close-account" } as const;
        await catalog.execute(person.userId, command, { idempotencyKey: `close-${key}` });
      } else await accounts.close(person);
      return;
    }
    const photo = newPhoto(`${key}-${subject}`, { sizeBytes: 1000 });
    const { sequence } = await catalog.execute(
      person.userId,
      { kind: "add-photo", photo },
      { idempotencyKey: key },
    );
    history.photos.push({ subject, userId: person.userId, sequence, key });
  } catch (error) {
    if (error instanceof AccountClosedError) {
      signIns.forget(person.userId);
      people.forget(subject);
    }
    throw error;
  }
}

/** The name tells the account, so that what is left of it can be looked for. */
function identityOf(subject: string, userId: string): Identity {
  const email = `${subject}@example.com`;
  return { subject, userId, email, name: `called ${userId}`, isAdministrator: false };
}

/** In good weather everybody is let in everywhere, at the second try at the latest: the first may forget who it was. */
export async function letInAgain(
  processes: readonly AccountProcess[],
  history: AccountsHistory,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [index, process] of processes.entries()) {
    for (const subject of history.subjects) {
      const request = {
        subject,
        key: `again-${index}`,
        closes: false,
        stops: false,
        waits: { start: 0, body: 0 },
      };
      try {
        await ask(process, history, request).catch(() => ask(process, history, request));
      } catch (error) {
        faults.push(`${subject} is not let in by process ${index}: ${String(error)}`);
      }
    }
  }
  return faults;
}
