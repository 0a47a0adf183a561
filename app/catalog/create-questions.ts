import type { ObjectStore } from "../storage/object-store.ts";
import type { AnswerMemo } from "./answer-memo.ts";
import type { DuckDbView } from "./duckdb/duckdb-view.ts";
import { activityPage } from "./person/activity-question.ts";
import { albumOf, albumPage, albumPhotoPage } from "./person/album-questions.ts";
import { limitOf } from "./person/page.ts";
import { changesIn } from "./person/changes-question.ts";
import { AccountClosedError } from "./person/errors.ts";
import { facetsOf } from "./person/facets-question.ts";
import { personModel } from "./person/person-model.ts";
import {
  everyPhoto,
  isClosed,
  photoOfContent,
  photoPage,
  photoWith,
  profileOf,
  uploadOf,
} from "./person/questions.ts";
import { shareOf, sharePage } from "./person/share-questions.ts";
import type { PersonTables } from "./person/tables.ts";
import { photoColumns, timelineOf } from "./person/timeline-question.ts";
import { usageOf } from "./person/usage-question.ts";
import { hashRequest } from "./protocol/entry.ts";
import { Log } from "./protocol/log.ts";
import type { Surroundings } from "./protocol/surroundings.ts";
import type { Questions } from "./questions.ts";
import type { Reading } from "./reading.ts";
import { currentSession } from "./session.ts";
import { sequenceOf } from "./token.ts";

type PersonView = DuckDbView<PersonTables>;

export interface QuestionParts {
  readonly records: ObjectStore;
  /** Whoever has the views. */
  readonly people: {
    of(userId: string): {
      read<R>(
        question: (view: PersonView) => Promise<R>,
        sequence?: number,
        behindMilliseconds?: number,
      ): Promise<R>;
    };
  };
  readonly surroundings: Surroundings;
  readonly memo: AnswerMemo;
}

interface Question<R> {
  /**
   * All that the answer depends on but the moment of the catalog: it is remembered by that. Undefined: it depends on
   * something else, and is asked every time.
   */
  readonly name?: readonly (string | Reading)[];
  readonly ask: (view: PersonView) => Promise<R>;
}

/** Undefined once the account is closed. */
async function answerOf<R>(
  view: PersonView,
  userId: string,
  { name, ask }: Question<R>,
  memo: AnswerMemo,
): Promise<{ readonly value: R } | undefined> {
  const answer = async () => ((await isClosed(view, userId)) ? undefined : { value: await ask(view) });
  return name === undefined
    ? await answer()
    : await memo.answer(userId, view.position.sequence, nameOf(name), answer);
}

/** What a reader has seen before decides which moment answers, and is no part of the question. */
function nameOf(parts: readonly (string | Reading)[]): string {
  return hashRequest(
    parts.map((part) =>
      typeof part === "string" ? part : { ...part, after: undefined, isNewest: undefined },
    ),
  );
}

/** Everything that can be asked about a person's records, put to their view. */
export function createQuestions({ records, people, surroundings, memo }: QuestionParts): Questions {
  /** @throws AccountClosedError */
  const ask = async <R>(userId: string, reading: Reading, question: Question<R>): Promise<R> => {
    const session = currentSession();
    const wanted = reading.after === undefined ? 0 : sequenceOf(reading.after, userId);
    const least = Math.max(wanted, session?.seen(userId) ?? 0);
    // Thrown out here: a view that fails at a question is thrown away, and this one does not fail.
    const answer = await people.of(userId).read(
      (view) => {
        session?.see(userId, view.position.sequence);
        return answerOf(view, userId, question, memo);
      },
      least,
      reading.isNewest === true ? 0 : undefined,
    );
    if (answer === undefined) throw new AccountClosedError(userId);
    return answer.value;
  };
  return {
    photo: (userId, photoId, reading = {}) =>
      ask(userId, reading, { name: ["photo", photoId], ask: (view) => photoWith(view, photoId) }),

    photoOfContent: (userId, sha256, reading = {}) =>
      ask(userId, reading, { name: ["content", sha256], ask: (view) => photoOfContent(view, sha256) }),

    async photos(userId, query) {
      return await ask(userId, query, { name: ["photos", query], ask: photoPage(query) });
    },

    async facets(userId, query) {
      return await ask(userId, query, { name: ["facets", query], ask: facetsOf(query) });
    },

    async timeline(userId, query) {
      return await ask(userId, query, { name: ["timeline", query], ask: timelineOf(query) });
    },

    async photoColumns(userId, query) {
      return await ask(userId, query, { name: ["photoColumns", query], ask: photoColumns(query) });
    },

    async everyPhoto(userId, query) {
      return await people.of(userId).read(everyPhoto(query), 0);
    },

    async activity(userId, query) {
      const page = activityPage(query);
      const log = new Log(records, userId, personModel);
      const head = await ask(userId, query, { ask: async ({ position }) => position.sequence });
      return await page(head, (sequence) => log.readKnown(sequence));
    },

    async changes(userId, query) {
      const { after: token } = query;
      const limit = limitOf(query);
      const after = sequenceOf(token, userId);
      const log = new Log(records, userId, personModel);
      const head = await ask(userId, { after: token }, { ask: async ({ position }) => position.sequence });
      return await changesIn({ userId, after, head, limit }, (sequence) => log.readKnown(sequence));
    },

    albums: (userId, query) => ask(userId, query, { name: ["albums", query], ask: albumPage(query) }),

    album: (userId, albumId, reading = {}) =>
      ask(userId, reading, { name: ["album", albumId], ask: (view) => albumOf(view, albumId) }),

    albumPhotos: (userId, albumId, query) =>
      ask(userId, query, { name: ["album photos", albumId, query], ask: albumPhotoPage(albumId, query) }),

    shares: (userId, query) => ask(userId, query, { name: ["shares", query], ask: sharePage(query) }),

    share: (userId, shareId, reading = {}) =>
      ask(userId, reading, { name: ["share", shareId], ask: (view) => shareOf(view, shareId) }),

    upload: (userId, uploadId, reading = {}) =>
      ask(userId, reading, { name: ["upload", uploadId], ask: (view) => uploadOf(view, uploadId) }),

    profile: (userId, reading = {}) =>
      ask(userId, reading, { name: ["profile"], ask: (view) => profileOf(view, userId) }),

    usage(userId, reading = {}) {
      // Reservations end by the clock, so that no answer holds.
      const at = new Date(surroundings.now()).toISOString();
      return ask(userId, reading, { ask: (view) => usageOf(view, userId, at) });
    },
  };
}
