/**
 * Cuts GitHub's OpenAPI description down to the operations of `github-operations.txt` and prints it as JSON.
 *
 * Run it after adding an operation. The package is 385 MB, so it is installed outside the project:
 *
 *     (mkdir -p /tmp/openapi && cd /tmp/openapi && npm install --no-save @octokit/openapi@23)
 *     node test/stand-in/github-openapi.make.ts \
 *       /tmp/openapi/node_modules/@octokit/openapi/generated/api.github.com.json > test/stand-in/github-openapi.json
 */
import { readFileSync } from 'node:fs';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: node github-openapi.make.ts <api.github.com.json>');
const description: JsonObject = JSON.parse(readFileSync(source, 'utf8'));
const operationList = readFileSync(new URL('github-operations.txt', import.meta.url), 'utf8');
const wanted = new Set(operationList.split('\n').filter((line) => line !== ''));

/** Most of the size, and nothing a validator reads. */
const prose = new Set(['example', 'examples', 'externalDocs', 'summary', 'tags', 'headers', 'title']);
const paths: JsonObject = {};
const components: JsonObject = {};
const copied = new Set<string>();

for (const [path, methods] of Object.entries(asObject(description.paths))) {
  for (const [method, operation] of Object.entries(asObject(methods))) {
    const id = asObject(operation).operationId;
    if (typeof id !== 'string' || !wanted.delete(id)) continue;
    paths[path] ??= {};
    asObject(paths[path])[method] = withoutProse(operation);
    copyReferences(operation);
  }
}
if (wanted.size > 0) throw new Error(`GitHub describes no such operation: ${[...wanted].join(', ')}`);
const version = asObject(description.info).version ?? '';
process.stdout.write(`${JSON.stringify({ openapi: description.openapi, info: { version }, paths, components })}\n`);

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A property may bear the name of a piece of prose; then it stays. */
function withoutProse(value: Json, parent = ''): Json {
  if (Array.isArray(value)) return value.map((item) => withoutProse(item));
  if (typeof value !== 'object' || value === null) return value;
  const isPropertyList = parent === 'properties';
  const kept = Object.entries(value).filter(([key, item]) => {
    if (isPropertyList) return true;
    if (key === 'description') return typeof item !== 'string';
    return !prose.has(key) && !key.startsWith('x-');
  });
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutProse(item, key)]));
}

function copyReferences(value: Json): void {
  if (Array.isArray(value)) {
    for (const item of value) copyReferences(item);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const reference = value.$ref;
  if (typeof reference === 'string' && !copied.has(reference)) {
    copied.add(reference);
    const [, , group = '', name = ''] = reference.split('/');
    const target = asObject(asObject(description.components)[group])[name];
    if (target === undefined) throw new Error(`dangling reference ${reference}`);
    components[group] ??= {};
    asObject(components[group])[name] = withoutProse(target);
    copyReferences(target);
  }
  for (const item of Object.values(value)) copyReferences(item);
}
