import { DatabaseSync } from "node:sqlite";
import { foldText } from "../app/catalog/folded-text.ts";
import { benchmarkPhoto } from "./catalog-ground.ts";

export interface Reference {
  readonly change: (index: number) => void;
  readonly newest: () => number;
  /** The fifty that follow the middle one. */
  readonly page: () => number;
  /** @param folded as foldText() gives it */
  readonly search: (folded: string) => number;
  readonly close: () => void;
}

/** What the same questions cost in SQLite, with an index for the order and a transaction on disk for every change. */
export function openSqlite(file: string): Reference {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const change = database.prepare("UPDATE photos SET favorite = 1 - favorite WHERE id = ?");
  const newest = database.prepare("SELECT * FROM photos ORDER BY taken_at DESC, id DESC LIMIT 51");
  const page = database.prepare(
    `SELECT * FROM photos WHERE (taken_at, id) < (SELECT taken_at, id FROM photos ORDER BY taken_at LIMIT 1
       OFFSET (SELECT count(*) / 2 FROM photos)) ORDER BY taken_at DESC, id DESC LIMIT 51`,
  );
  const search = database.prepare(
    "SELECT * FROM photos WHERE instr(folded, ?) > 0 ORDER BY taken_at DESC, id DESC LIMIT 51",
  );
  return {
    change: (index) => void change.run(benchmarkPhoto(index).id),
    newest: () => newest.all().length,
    page: () => page.all().length,
    search: (folded) => search.all(folded).length,
    close: () => database.close(),
  };
}

export function fillSqlite(file: string, photos: number): void {
  const database = new DatabaseSync(file);
  database.exec(
    `PRAGMA journal_mode = WAL;
     CREATE TABLE photos (id TEXT PRIMARY KEY, taken_at TEXT, favorite INTEGER, folded TEXT, record TEXT);
     CREATE INDEX by_time ON photos (taken_at, id);
     BEGIN`,
  );
  const insert = database.prepare("INSERT INTO photos VALUES (?, ?, 0, ?, ?)");
  for (let index = 0; index < photos; index += 1) {
    const photo = benchmarkPhoto(index);
    const words = [photo.title, photo.description, photo.tags.join(" "), photo.filename, photo.camera];
    insert.run(photo.id, photo.takenAt, foldText(words.join(" ")), JSON.stringify(photo));
  }
  database.exec("COMMIT");
  database.close();
}
