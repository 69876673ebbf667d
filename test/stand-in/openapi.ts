/**
 * GitHub's own description of its REST API, as a judge over every call.
 *
 * A request that violates it is a mistake of ours. A response that does is only reported: GitHub's own examples violate it.
 * Operations are compiled when they are first called, so that starting costs only the reading of the file.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { asObject, isObject, type Json, type JsonObject } from './json.ts';

export interface Operation {
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly definition: JsonObject;
  /** JSON pointer of the definition. */
  readonly place: string;
}

export interface Contract {
  /** Null when the subset holds no such operation. */
  match(method: string, path: string): Operation | null;
  requestProblems(operation: Operation, query: URLSearchParams, body: Json | undefined): string[];
  responseProblems(operation: Operation, status: number, body: Json | undefined): string[];
}

/** Path parameters that may hold slashes; no other may, but `path`, which may be empty too: the root folder. */
const deepParameters = new Set(['ref', 'base', 'head', 'branch']);

interface Template {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly literalLength: number;
  readonly definition: JsonObject;
  readonly place: string;
}

export function loadContract(file: URL = new URL('github-openapi.json', import.meta.url)): Contract {
  const description = JSON.parse(readFileSync(file, 'utf8'));
  rewriteNullable(description);
  const templates = readTemplates(asObject(description.paths));
  const bodies = compiler(description, false);
  const parameters = compiler(description, 'array');
  return {
    match: (method, path) => matchOperation(templates, method, path),
    requestProblems: (operation, query, body) => [
      ...parameterProblems(description, parameters, operation, query),
      ...bodyProblems(description, bodies, operation, body),
    ],
    responseProblems: (operation, status, body) => responseProblems(description, bodies, operation, status, body),
  };
}

/** OpenAPI 3.0's `nullable` without `type` (145 places) makes ajv throw, so it becomes a choice. */
function rewriteNullable(node: unknown): void {
  if (Array.isArray(node)) for (const item of node) rewriteNullable(item);
  if (!isObject(node)) return;
  const schema: Record<string, unknown> = node;
  for (const [key, value] of Object.entries(schema)) if (key !== 'default') rewriteNullable(value);
  if (schema.nullable !== true) return;
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum.push(null);
  if (schema.type !== undefined) return;
  delete schema.nullable;
  const choice = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(choice)) {
    choice.push({ type: 'null' });
    return;
  }
  const original = { ...schema };
  for (const key of Object.keys(schema)) delete schema[key];
  schema.anyOf = [original, { type: 'null' }];
}

function readTemplates(paths: JsonObject): Template[] {
  const templates = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(asObject(methods)).map(([method, definition]): Template => {
      const names: string[] = [];
      const source = path.replace(/[.]/g, '\\.').replace(/\{([^}]+)\}/g, (_, name: string) => {
        names.push(name);
        if (name === 'path') return '(.*)';
        return deepParameters.has(name) ? '(.+)' : '([^/]+)';
      });
      return {
        method: method.toUpperCase(),
        pattern: new RegExp(`^${source}$`),
        names,
        literalLength: path.replace(/\{[^}]+\}/g, '').length,
        definition: asObject(definition),
        place: `#/paths/${escapePointer(path)}/${method}`,
      };
    }),
  );
  return templates.sort((a, b) => b.literalLength - a.literalLength);
}

const escapePointer = (text: string): string =>
  encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~');

function matchOperation(templates: readonly Template[], method: string, path: string): Operation | null {
  for (const template of templates) {
    const found = template.method === method ? template.pattern.exec(path) : null;
    if (found === null) continue;
    const parameters = template.names.map((name, index) => [name, decode(found[index + 1] ?? '')]);
    return {
      id: String(template.definition.operationId),
      parameters: Object.fromEntries(parameters),
      definition: template.definition,
      place: template.place,
    };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Compile = (reference: string) => ValidateFunction;

function compiler(description: JsonObject, coerceTypes: boolean | 'array'): Compile {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    coerceTypes,
    logger: false,
    validateSchema: false,
    // Each process compiles anew and asks a few hundred times: what is quick to compile takes the least time.
    inlineRefs: false,
    code: { optimize: false },
  });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'github', ...description });
  const compiled = new Map<string, ValidateFunction>();
  return (reference) => {
    const known = compiled.get(reference) ?? ajv.compile({ $ref: `github${reference}` });
    compiled.set(reference, known);
    return known;
  };
}

/** The object meant, and where it stands. */
function resolve(
  description: JsonObject,
  value: Json | undefined,
  place: string,
): { value: JsonObject; place: string } {
  const reference = asObject(value).$ref;
  if (typeof reference !== 'string') return { value: asObject(value), place };
  let target: Json | undefined = description;
  for (const part of reference.slice(2).split('/')) target = asObject(target)[part];
  return { value: asObject(target), place: reference };
}

function complaints(validate: ValidateFunction, value: unknown): string {
  if (validate(value)) return '';
  const shown = (validate.errors ?? []).slice(0, 6).map((error) => `${error.instancePath || '/'} ${error.message}`);
  return shown.join('; ');
}

function parameterProblems(
  description: JsonObject,
  compile: Compile,
  operation: Operation,
  query: URLSearchParams,
): string[] {
  const problems: string[] = [];
  const known = new Set<string>();
  const listed = operation.definition.parameters;
  for (const [index, listing] of (Array.isArray(listed) ? listed : []).entries()) {
    const parameter = resolve(description, listing, `${operation.place}/parameters/${index}`);
    const name = String(parameter.value.name);
    if (parameter.value.in === 'query') known.add(name);
    const text = parameter.value.in === 'path' ? operation.parameters[name] : query.get(name);
    if (text === undefined || text === null) {
      if (parameter.value.required === true && parameter.value.in !== 'header') problems.push(`missing ${name}`);
      continue;
    }
    const complaint = complaints(compile(`${parameter.place}/schema`), text);
    if (complaint !== '') problems.push(`parameter ${name}=${text.slice(0, 80)}: ${complaint}`);
  }
  for (const name of query.keys()) if (!known.has(name)) problems.push(`unknown query parameter ${name}`);
  return problems;
}

function bodyProblems(
  description: JsonObject,
  compile: Compile,
  operation: Operation,
  body: Json | undefined,
): string[] {
  const wanted = resolve(description, operation.definition.requestBody, `${operation.place}/requestBody`);
  const json = asObject(asObject(wanted.value.content)['application/json']);
  if (body === undefined || body === null) return wanted.value.required === true ? ['missing body'] : [];
  if (json.schema === undefined) return Object.keys(asObject(body)).length > 0 ? ['unexpected body'] : [];
  const problems: string[] = [];
  const complaint = complaints(compile(`${wanted.place}/content/application~1json/schema`), body);
  if (complaint !== '') problems.push(`body: ${complaint}`);
  const schema = resolve(description, json.schema, '').value;
  if (schema.properties === undefined || schema.oneOf !== undefined || schema.anyOf !== undefined) return problems;
  for (const field of Object.keys(asObject(body))) {
    if (!(field in asObject(schema.properties))) problems.push(`unknown body field ${field}`);
  }
  return problems;
}

function responseProblems(
  description: JsonObject,
  compile: Compile,
  operation: Operation,
  status: number,
  body: Json | undefined,
): string[] {
  const listed = asObject(operation.definition.responses)[String(status)];
  if (listed === undefined) return [`undocumented status ${status}`];
  const response = resolve(description, listed, `${operation.place}/responses/${status}`);
  const type = Object.keys(asObject(response.value.content)).find((candidate) => candidate.includes('json'));
  if (type === undefined || body === undefined) return [];
  const complaint = complaints(compile(`${response.place}/content/${escapePointer(type)}/schema`), body);
  return complaint === '' ? [] : [`body: ${complaint}`];
}
