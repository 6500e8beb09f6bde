// @vitest-environment node
// No function is longer than the package's own: `pyproject.toml` says how many statements one may
// have, and here as there those of the functions inside it count, too.
import { readFileSync, readdirSync } from "node:fs";
import { parseSync } from "vite";
import { expect, test } from "vitest";

const PAGE = `${import.meta.dirname}/../..`;
const SLOW = 60_000; // milliseconds, on machines on which much else runs
const FUNCTIONS = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];
const STATEMENT = /^(?!Block|Empty).*Statement$|^(Variable|Function|Class)Declaration$/;

interface Found {
  name: string;
  statements: number;
}

type Node = { type: string } & Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

function* inside(node: Node): Generator<Node> {
  for (const part of Object.values(node).flat(1)) if (isNode(part)) yield part;
}

/** Return how many statements stand in a node, functions inside it included if so asked. */
function statementsIn(node: Node, nested: boolean): number {
  let found = 0;
  for (const part of inside(node)) {
    if (STATEMENT.test(part.type)) found += 1;
    if (nested || !FUNCTIONS.includes(part.type)) found += statementsIn(part, nested);
  }
  return found;
}

/** Yield the functions of a source. */
function* functionsIn(node: Node, nested: boolean, name = "one without a name"): Generator<Found> {
  const own = ["id", "key"].map((key) => node[key]).find(isNode)?.["name"];
  const called = typeof own === "string" ? own : name;
  if (FUNCTIONS.includes(node.type)) {
    yield { name: called, statements: statementsIn(node, nested) };
  }
  for (const part of inside(node)) yield* functionsIn(part, nested, called);
}

function functionsOf(file: string, source: string, nested = true): Found[] {
  const { program, errors } = parseSync(file, source);
  expect(errors, file).toEqual([]);
  return [...functionsIn(program as unknown as Node, nested)];
}

/** What the project allows, read where Python's functions are held to it. */
const most = Number(
  /^max-statements = (\d+)$/m.exec(
    readFileSync(`${PAGE}/../../../../pyproject.toml`, "utf-8"),
  )?.[1],
);

function tooLong(folder: string, files: string[], nested = true): string[] {
  return files.flatMap((file) =>
    functionsOf(file, readFileSync(`${folder}/${file}`, "utf-8"), nested)
      .filter(({ statements }) => !(statements <= most))
      .map(({ name, statements }) => `${file}: ${name} has ${statements} statements`),
  );
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf-8" }).filter((file) =>
    /(?<!\.d)\.tsx?$/.test(file),
  );

test(
  "no function of the page has more statements than one of the package may have",
  () => {
    const sources = filesIn(`${PAGE}/src`);
    expect(sources.length).toBeGreaterThan(90);
    expect(tooLong(`${PAGE}/src`, sources)).toEqual([]);
    expect(tooLong(`${PAGE}/..`, ["engine.mjs"])).toEqual([]);
  },
  SLOW,
);

test(
  "no function of its tests has, without those that it holds",
  () => {
    const tests = filesIn(`${PAGE}/tests`);
    expect(tests.length).toBeGreaterThan(50);
    expect(tooLong(`${PAGE}/tests`, tests, false)).toEqual([]);
  },
  SLOW,
);

test("statements are counted where they stand: behind a condition, in a loop, in a function", () => {
  const source = `
    const outer = (x: number) => {
      let y = x;
      for (const z of [1]) if (z > 1) y += z;
      function inner() { return y; }
      return inner();
    };
    class Pair { each() { return 1; } }`;
  const of = (nested: boolean) =>
    functionsOf("x.ts", source, nested).map(({ name, statements }) => [name, statements]);
  expect(of(true)).toEqual([
    ["outer", 8],
    ["inner", 1],
    ["each", 1],
  ]);
  expect(of(false)[0]).toEqual(["outer", 7]);
});
