import type { Database } from "../duckdb/database.ts";
import { DuckDbEngine } from "../duckdb/duckdb-engine.ts";
import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import { type OpenLimits, OpenPeople } from "../open-people.ts";
import { organisationOwner } from "../history/stored-logs.ts";
import type { OrganisationCatalog } from "../organisation-catalog.ts";
import type { Notify } from "../protocol/notice.ts";
import type { Surroundings } from "../protocol/surroundings.ts";
import type { ObjectStore } from "../../storage/object-store.ts";
import { organisationModel } from "./organisation-model.ts";
import { flagFrom, foldEmail, memberFrom, type OrganisationTables } from "./tables.ts";

export interface OrganisationParts {
  readonly records: ObjectStore;
  /** The process's one instance. */
  readonly database: Database;
  readonly surroundings: Surroundings;
  readonly writer: string;
  /** As those of the people's catalogs. @default theirs */
  readonly limits?: Partial<OpenLimits>;
  /** @default nobody is told */
  readonly notify?: Notify;
}

const owner = organisationOwner;

const mostMembers = 200;

type View = DuckDbView<OrganisationTables>;

/** Opens nothing before it is asked; whoever makes it closes it. */
export function openOrganisation(
  parts: OrganisationParts,
): OrganisationCatalog & { readonly close: () => Promise<void> } {
  const { records, database, surroundings, writer, limits, notify } = parts;
  const engine = new DuckDbEngine(database, organisationModel.tables);
  const owners = new OpenPeople({
    store: records,
    engine,
    model: organisationModel,
    surroundings,
    writer,
    ...(limits && { limits }),
    ...(notify && { notify }),
  });
  const ask = <R>(question: (view: View) => Promise<R>) => owners.of(owner).read(question);

  return {
    async execute(command, { idempotencyKey }) {
      const { sequence } = await owners.of(owner).submit(command, idempotencyKey);
      return { sequence };
    },

    async member(userId) {
      const [row] = await ask((view) => view.rows("members", "WHERE user_id = $1", [userId]));
      return row && memberFrom(row);
    },

    async memberByEmail(email) {
      const folded = foldEmail(email);
      const [row] = await ask((view) => view.rows("members", "WHERE folded_email = $1", [folded]));
      return row && memberFrom(row);
    },

    async members({ limit, after = "" }) {
      if (!Number.isInteger(limit) || limit < 1 || limit > mostMembers) {
        throw new RangeError(`'limit' must be a whole number from 1 to ${mostMembers}, got ${limit}`);
      }
      const rest = `WHERE user_id > $1 ORDER BY user_id LIMIT ${limit}`;
      return (await ask((view) => view.rows("members", rest, [after]))).map(memberFrom);
    },

    async settings() {
      const rows = await ask((view) => view.rows("settings", "ORDER BY name"));
      return Object.fromEntries(rows.map(({ name, value }) => [name, value["value"]]));
    },

    async flags() {
      return (await ask((view) => view.rows("flags", "ORDER BY name"))).map(flagFrom);
    },

    async statistics(from, to) {
      const rest = "WHERE day BETWEEN $1 AND $2 ORDER BY day";
      return await ask((view) => view.rows("statistics", rest, [from, to]));
    },

    close: () => owners.close(),
  };
}
