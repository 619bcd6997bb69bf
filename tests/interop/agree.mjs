// Asks Ajv for its verdict on rows of reports, as agree.rs writes them: node agree.mjs <packages> <schema> <rows>…
// On the way out goes one object with what it said.

import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, schema, ...files] = process.argv.slice(2);
const { default: Ajv } = createRequire(packages)("ajv/dist/2020");

// Formats are annotations in this draft: patterns decide.
const formats = { uuid: true, "date-time": true };
const validate = new Ajv({ strict: true, allErrors: true, formats }).compile(JSON.parse(readFileSync(schema, "utf8")));

const count = { judge: "ajv (Node), published schema", accepted: 0, refused: 0, disagreements: [] };

/** What is said of a text: nothing if it is right, else the places of what is wrong, of which a text that is no JSON has none. */
function judge(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  return validate(document) ? undefined : validate.errors.map((error) => error.instancePath);
}

for (const file of files) {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const { name, text, sound, pointers } = JSON.parse(line);
    const places = judge(text);
    const accepts = places === undefined;
    count[accepts ? "accepted" : "refused"] += 1;
    if (accepts !== sound) {
      count.disagreements.push(`${accepts ? "accepts" : "refuses"} ${name}`);
    } else if (places?.length && pointers.length && !places.some((place) => pointers.includes(place))) {
      count.disagreements.push(`names another place in ${name}`);
    }
  }
}
console.log(JSON.stringify(count));
