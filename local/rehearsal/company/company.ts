import { behind } from "../behind.ts";
import { makeLargePicture, makePicture } from "../picture.ts";
import { staff, type Stage } from "../stage.ts";
import { Employee } from "./employee.ts";
import { WorkLog } from "./work-log.ts";

/**
 * Does something while a company goes on working with what is deployed: people look at pages and pictures, write, mark
 * favourites, add photos, and have a large one under way in parts from before it to after it.
 *
 * @returns what they did, in words
 * @throws Error where one request of theirs failed, or something that was acknowledged is not there afterwards
 */
export async function whileCompanyWorks(stage: Stage, act: () => Promise<unknown>): Promise<string> {
  const log = new WorkLog();
  const pictures = { small: await makePicture(), large: await makeLargePicture() };
  const people = staff.map(
    // Each from an address of their own: the edge counts by addresses.
    (email, index) => new Employee(email, stage.visitor(`127.77.0.${index + 1}`), log, pictures),
  );
  await Promise.all(people.map((one) => one.arrive()));
  const stop = new AbortController();
  const working = people.map((one) => one.work(stop.signal));
  await act().finally(() => stop.abort());
  await Promise.all(working);
  await Promise.all(people.map((one) => one.goHome()));
  const [first] = log.failed;
  if (first !== undefined)
    throw new Error(
      `${log.failed.length} of ${log.asked} requests failed meanwhile: ${first}\n${behind(stage)}`,
    );
  const missing = (await Promise.all(people.map((one) => one.missing()))).flat();
  if (missing.length > 0) throw new Error(`acknowledged meanwhile, and then:\n${missing.join("\n")}`);
  const kept = people.reduce((sum, one) => sum + one.acknowledged, 0);
  return `meanwhile ${people.length} people sent ${log.summary}; none failed, and all ${kept} photos, titles and favourites that were acknowledged are there`;
}
