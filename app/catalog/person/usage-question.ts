import type { DuckDbView } from "../duckdb/duckdb-view.ts";
import type { Amount, Usage } from "../usage.ts";
import { defaultQuotaBytes } from "./settings.ts";
import type { PersonTables } from "./tables.ts";

const nothing: Amount = { count: 0, bytes: 0 };

/** @param at the time up to which uploads under way have not expired, ISO 8601 in UTC */
export async function usageOf(view: DuckDbView<PersonTables>, userId: string, at: string): Promise<Usage> {
  const user = await view.row("users", userId);
  const rows = await view.query(
    `SELECT CASE WHEN state = 'purging' THEN state WHEN deleted_at IS NULL THEN 'photos' ELSE 'trash' END AS what,
            count(*)::BIGINT, sum(size_bytes)::BIGINT
       FROM ${view.name}.photos GROUP BY what
     UNION ALL
     SELECT 'uploads', count(*)::BIGINT, coalesce(sum(size_bytes), 0)::BIGINT
       FROM ${view.name}.uploads WHERE state = 'open' AND expires_date > $1::TIMESTAMP`,
    [at.replace("Z", "")],
  );
  const amounts = new Map(
    rows.map(([what, count, bytes]) => [what, { count: Number(count), bytes: Number(bytes) }]),
  );
  const uploads = amounts.get("uploads") ?? nothing;
  return {
    quotaBytes: user?.storageQuota ?? defaultQuotaBytes,
    usedBytes: user?.storageUsed ?? 0,
    reservedBytes: uploads.bytes,
    photos: amounts.get("photos") ?? nothing,
    trash: amounts.get("trash") ?? nothing,
    purging: amounts.get("purging") ?? nothing,
    uploads,
  };
}
