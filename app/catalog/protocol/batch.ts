import { Changes } from "./changes.ts";
import type { Outcome } from "./outcome.ts";
import { Draft } from "./draft.ts";
import type { EntryCommand } from "./entry.ts";
import { describeFault } from "./held-row.ts";
import { IdempotencyKeyReusedError, InvalidCommandError } from "./errors.ts";
import { type Decision, type Model, RefusalError } from "./model.ts";
import { keyLifetimeMilliseconds, layCommand } from "./replay.ts";
import type { Surroundings } from "./surroundings.ts";
import type { KeyRow, Tables } from "./tables.ts";
import type { Position, View } from "./view.ts";

/** An entry is closed for further commands once it is this long. */
const fullEntryBytes = 512 * 1024;

/** What one command may take in the log; with the bound above, no entry is much longer than both. */
const mostCommandBytes = 2 * 1024 * 1024;

/** A command that waits for its answer. */
export interface Pending<C, A> {
  readonly command: C;
  readonly idempotencyKey: string;
  readonly request: string;
  /** As earlier releases hashed it: their keys are kept for a day. */
  readonly earlierRequest: string;
  /** By the forward-only clock. */
  readonly submittedAt: number;
  readonly resolve: (outcome: Outcome<A>) => void;
  readonly reject: (error: unknown) => void;
}

/** What came of deciding commands that share an entry. */
export interface Batch<C, E, A> {
  /** Where the view stood: the entry belongs into the next slot. */
  readonly base: Position;
  readonly at: string;
  /** What the entry will hold. */
  readonly accepted: readonly {
    readonly pending: Pending<C, A>;
    readonly command: EntryCommand<E>;
    readonly answer: A;
  }[];
  /**
   * Answers that write nothing: refusals, repeated keys, what is as wanted already. They may be given only when
   * the entry has won its slot, or the view is known to have been at the head since they were asked for: either proves
   * that they were true at a time when somebody waited for them.
   */
  readonly conclusions: readonly ((sequence: number) => void)[];
  /** All that have no answer yet, the ones above and those left over. */
  readonly open: readonly Pending<C, A>[];
  /** Left over for the next entry because this one is full. */
  readonly deferred: readonly Pending<C, A>[];
}

interface Parts<T extends Tables, C, E, A> {
  readonly owner: string;
  readonly model: Model<T, C, E, A>;
  readonly surroundings: Surroundings;
}

/** Decides each command on the view plus the effects of those accepted before it. Reads only. */
export async function decideBatch<T extends Tables, C, E, A>(
  pending: readonly Pending<C, A>[],
  view: View,
  { owner, model, surroundings }: Parts<T, C, E, A>,
): Promise<Batch<C, E, A>> {
  const draft = new Draft(view, model.tables);
  const now = Math.max(draft.base.at, surroundings.now());
  const context = { owner, at: new Date(now).toISOString(), sequence: draft.base.sequence + 1 };
  await draft.prefetch(
    pending.flatMap(({ command, idempotencyKey }) => [
      { table: "keys", value: idempotencyKey },
      ...model.needs(command, owner),
    ]),
  );
  const accepted: Batch<C, E, A>["accepted"][number][] = [];
  const conclusions: ((sequence: number) => void)[] = [];
  const open: Pending<C, A>[] = [];
  const deferred: Pending<C, A>[] = [];
  let entryBytes = 0;
  for (const one of pending) {
    if (entryBytes >= fullEntryBytes) {
      deferred.push(one);
      open.push(one);
      continue;
    }
    const known = await draft.key(one.idempotencyKey);
    if (known !== undefined && Date.parse(known.at) >= now - keyLifetimeMilliseconds) {
      const isLogged = known.sequence <= draft.base.sequence;
      if (isLogged && isSameRequest(known, one)) {
        await answerAgain(one, known, new Draft(view, model.tables), model);
        continue;
      }
      open.push(one);
      if (isLogged) {
        // A refusal as any other: by the newest entry's time the key may have been forgotten.
        conclusions.push(() => one.reject(new IdempotencyKeyReusedError(one.idempotencyKey)));
        continue;
      }
      const mate = accepted.find(({ command }) => command.idempotencyKey === one.idempotencyKey);
      conclusions.push((sequence) => {
        if (mate === undefined || !isSameRequest(known, one)) {
          one.reject(new IdempotencyKeyReusedError(one.idempotencyKey));
        } else one.resolve({ sequence, answer: mate.answer });
      });
      continue;
    }
    open.push(one);
    let decision: Decision<E>;
    try {
      decision = recorded(await model.decide(one.command, draft, context), model);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      conclusions.push(() => one.reject(error));
      continue;
    }
    if (decision.effects.length === 0) {
      const answer = await model.answer(decision, draft);
      conclusions.push((sequence) => one.resolve({ sequence, answer }));
      continue;
    }
    const command: EntryCommand<E> = {
      idempotencyKey: one.idempotencyKey,
      request: one.request,
      subject: decision.subject,
      effects: decision.effects,
      bytes: decision.bytes,
    };
    const changes = new Changes(model.tables);
    layCommand(command, model, changes, context);
    const [fault] = changes.takeFaults();
    if (fault !== undefined) {
      conclusions.push(() => one.reject(new InvalidCommandError(describeFault(fault))));
      continue;
    }
    draft.changes.append(changes);
    accepted.push({ pending: one, command, answer: await model.answer(decision, draft) });
    entryBytes += Buffer.byteLength(JSON.stringify(command));
  }
  return { base: draft.base, at: context.at, accepted, conclusions, open, deferred };
}

function isSameRequest<C, A>({ request }: KeyRow, pending: Pending<C, A>): boolean {
  return request === pending.request || request === pending.earlierRequest;
}

/** The decision as it will be read from the log: what could not be read back is never written. */
function recorded<T extends Tables, C, E, A>(decision: Decision<E>, model: Model<T, C, E, A>): Decision<E> {
  let bytes = 0;
  const effects = decision.effects.map((effect) => {
    checkWritten(effect, model);
    try {
      const text = JSON.stringify(effect);
      bytes += Buffer.byteLength(text);
      if (bytes > mostCommandBytes)
        throw new InvalidCommandError(`it takes more than ${mostCommandBytes} bytes`);
      const read = model.parseEffect(JSON.parse(text));
      if (read !== undefined) return read;
    } catch (error) {
      if (error instanceof TypeError) throw new InvalidCommandError(error.message, { cause: error });
      throw error;
    }
    throw new TypeError(`the model decided on an effect that it cannot read: ${JSON.stringify(effect)}`);
  });
  return { ...decision, effects };
}

function checkWritten<T extends Tables, C, E, A>(effect: E, { unwrittenKinds }: Model<T, C, E, A>): void {
  const kind = typeof effect === "object" && effect !== null && "kind" in effect ? effect.kind : undefined;
  if (typeof kind === "string" && unwrittenKinds.includes(kind)) {
    throw new Error(
      `an effect '${kind}' is written from the next release on: the release before this cannot read it`,
    );
  }
}

/** The key is in the view, so its entry is in the log: nothing that others do can change that. */
async function answerAgain<T extends Tables, C, E, A>(
  pending: Pending<C, A>,
  known: KeyRow,
  state: Draft<T>,
  model: Model<T, C, E, A>,
): Promise<void> {
  pending.resolve({ sequence: known.sequence, answer: await model.answer(known, state) });
}
