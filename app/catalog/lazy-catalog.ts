import type { Catalogs } from "./create-catalog.ts";

export interface LazyCatalogs extends Catalogs {
  /** Opens it now rather than for the first who asks. @throws what opening throws; the next call tries again */
  open(): Promise<void>;
}

/**
 * The catalogs, opened by the first call: DuckDB takes longer to load than the rest of the service together, and
 * an instance is ready to be asked before it has to answer.
 *
 * @param create makes them, importing DuckDB only then
 */
export function createLazyCatalogs(create: () => Promise<Catalogs>): LazyCatalogs {
  let opening: Promise<Catalogs> | undefined;

  const opened = async (): Promise<Catalogs> => {
    opening ??= create();
    const attempt = opening;
    try {
      return await attempt;
    } catch (error) {
      if (opening === attempt) opening = undefined;
      throw error;
    }
  };

  return {
    open: async () => void (await opened()),
    execute: async (...args) => (await opened()).execute(...args),
    undo: async (...args) => (await opened()).undo(...args),
    photo: async (...args) => (await opened()).photo(...args),
    photoOfContent: async (...args) => (await opened()).photoOfContent(...args),
    photos: async (...args) => (await opened()).photos(...args),
    facets: async (...args) => (await opened()).facets(...args),
    timeline: async (...args) => (await opened()).timeline(...args),
    photoColumns: async (...args) => (await opened()).photoColumns(...args),
    everyPhoto: async (...args) => (await opened()).everyPhoto(...args),
    changes: async (...args) => (await opened()).changes(...args),
    activity: async (...args) => (await opened()).activity(...args),
    albums: async (...args) => (await opened()).albums(...args),
    album: async (...args) => (await opened()).album(...args),
    albumPhotos: async (...args) => (await opened()).albumPhotos(...args),
    shares: async (...args) => (await opened()).shares(...args),
    share: async (...args) => (await opened()).share(...args),
    upload: async (...args) => (await opened()).upload(...args),
    profile: async (...args) => (await opened()).profile(...args),
    usage: async (...args) => (await opened()).usage(...args),
    isClosed: async (...args) => (await opened()).isClosed(...args),
    keepUp: async (...args) => (await opened()).keepUp(...args),
    organisation: {
      execute: async (...args) => (await opened()).organisation.execute(...args),
      member: async (...args) => (await opened()).organisation.member(...args),
      memberByEmail: async (...args) => (await opened()).organisation.memberByEmail(...args),
      members: async (...args) => (await opened()).organisation.members(...args),
      settings: async (...args) => (await opened()).organisation.settings(...args),
      flags: async (...args) => (await opened()).organisation.flags(...args),
      statistics: async (...args) => (await opened()).organisation.statistics(...args),
    },
    async close() {
      const catalogs = await opening?.catch(() => undefined);
      await catalogs?.close();
    },
  };
}
