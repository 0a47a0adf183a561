import { localRecords } from "./records-location.ts";

export const help = `Looks into the catalogs that the service keeps, and delivers again what could not be delivered, while it runs. No
command changes a log.

  imgstream catalog inspect                who has a catalog, how many entries, of when the newest is
  imgstream catalog verify                 reads every entry and says what is damaged and what to do
  imgstream catalog history --person ID    what happened to a person's catalog, in words
  imgstream catalog snapshot               copies each catalog as it is now, so that it opens quickly
  imgstream catalog rebuild                throws such copies away and makes them anew, from the log alone
  imgstream catalog export  --person ID    profile, photos, albums, shares and uploads, with all that is recorded

  imgstream letters list    --project ID   messages that could not be delivered, ten tries long
  imgstream letters replay  --project ID   publishes them again, then takes them out; harmless to repeat

  --records URL     gs://BUCKET or file:///FOLDER (default: ${localRecords} in this folder); a bucket with the application
                    default credentials, or of the stand-in of this machine that STORAGE_EMULATOR_HOST names
  --person ID       only this one; 'organisation' is everyone's directory, settings, flags and statistics
  --sequence N      history, export: the catalog as it was after entry N
  --at TIME         history, export: as it was at this time, like 2026-11-23T08:30:00Z
  --subscription S  letters: the one that keeps them (default: imgstream-dead)
  --pubsub URL      letters: a stand-in of this machine
  --json            lines of JSON, one for each catalog, entry or thing
  --help            this

Ends with 0 when all is well, 1 when something is damaged or left, 2 when it was asked for what there is not or no
catalog is found, 3 when the store does not answer, and 4 when only a newer release can read what is there.`;
