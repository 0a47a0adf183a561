/** What views and snapshots are files of: read by this version of DuckDB's storage and later ones. */
export const engineFormat = "duckdb-1.5";
