import { join } from "node:path";
import { type Claimant, type FolderClaim, FolderBusyError, claimFolderWaiting } from "./folder-claim.ts";

/**
 * Keeps a data folder for one process: catalog views of two would drift apart. Held until released or until the
 * process ends in any way, `kill -9` included.
 *
 * @throws DataFolderInUseError
 */
export async function lockDataFolder(folder: string): Promise<FolderClaim> {
  try {
    // The pause is for two that start at the same moment and both step back.
    return await claimFolderWaiting(join(folder, "lock"), 200);
  } catch (error) {
    if (error instanceof FolderBusyError) {
      throw new DataFolderInUseError(folder, error.heldBy, error.claimFile, { cause: error });
    }
    throw error;
  }
}

export class DataFolderInUseError extends Error {
  readonly code = "data-folder-in-use";
  readonly folder: string;
  readonly heldBy: Claimant;

  constructor(folder: string, heldBy: Claimant, claimFile: string, options?: ErrorOptions) {
    super(
      `the data folder ${folder} is in use by process ${heldBy.pid} on ${heldBy.host}. ` +
        `Stop that process, or start this one with another data folder. ` +
        `If it is surely not running any more, remove ${claimFile}.`,
      options,
    );
    this.folder = folder;
    this.heldBy = heldBy;
  }
}
