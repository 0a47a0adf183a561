import { loadFairnessWithout } from "./edited-sources.ts";
import { contest } from "./fairness.ts";
import { removedCourtesies } from "./removed-courtesies.ts";

/**
 * node contest-main.ts CONTEST [NAME]: prints the standing of a contest, a JSON object as fairness.ts has it, by the rule
 * of that name taken out, if one is named.
 */
const [given = "{}", name] = process.argv.slice(2);
const rule = removedCourtesies.find((one) => one.name === name);
if (name !== undefined && rule === undefined) throw new Error(`no courtesy is named '${name}'`);
const hold = rule === undefined ? contest : (await loadFairnessWithout(rule)).contest;
console.log(JSON.stringify(await hold(JSON.parse(given))));
