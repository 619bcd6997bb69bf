// Holds each line of a file against a JSON Schema, many times over, and tells how long the shortest time was.
import fs from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const [schema, file] = process.argv.slice(-2);
const validate = new Ajv2020({ validateFormats: false }).compile(JSON.parse(fs.readFileSync(schema, "utf8")));
const lines = fs.readFileSync(file, "utf8").split("\n");
let seconds = Infinity;
for (let round = 0; round < 30; round++) {
  const began = process.hrtime.bigint();
  for (const line of lines) {
    if (!validate(JSON.parse(line))) throw new Error(JSON.stringify(validate.errors));
  }
  seconds = Math.min(seconds, Number(process.hrtime.bigint() - began) / 1e9);
}
const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
console.log(JSON.stringify({ bytes, seconds }));
