import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from '../../../src/domain/faults.ts';
import { documentKinds } from '../../../src/domain/plan.ts';
import { ticketSchema } from '../../../src/domain/ticket.ts';
import { templateNames } from '../../../src/prompts/template.ts';
import { type Keeps, keepsSchema, propertyNames } from './properties.ts';

const casesFolder = fileURLToPath(new URL('../../../fixtures/prompts/', import.meta.url));
const repositoriesFolder = fileURLToPath(new URL('../../../fixtures/repositories/', import.meta.url));

/** A file as a patch leaves it: with one passage replaced, or written whole; null takes it out. */
const editSchema = z.union([
  z.strictObject({ path: z.string(), old: z.string(), new: z.string() }),
  z.strictObject({ path: z.string(), text: z.string().nullable() }),
]);
export type Edit = z.infer<typeof editSchema>;

/** What a model says in one turn: calls by their tools' names, or words alone. Text for arguments is sent as it stands. */
const turnSchema = z.union([
  z.array(z.record(z.string(), z.union([z.record(z.string(), z.unknown()), z.string()]))).min(1),
  z.strictObject({ text: z.string() }),
]);
export type SaidTurn = z.infer<typeof turnSchema>;

const caseSchema = z.strictObject({
  prompt: z.enum(templateNames),
  about: z.string(),
  repository: z.string(),
  /** Files beside or instead of the repository's; null leaves one out. */
  files: z.record(z.string(), z.string().nullable()).default({}),
  issue: z.strictObject({ title: z.string(), body: z.string() }),
  ticket: ticketSchema.pick({ kind: true, complexity: true }).default({ kind: 'bug', complexity: 'small' }),
  plan: z.string().default('Mend it where it is wrong, with a test.'),
  documents: z.array(z.enum(documentKinds)).default(['plan']),
  /** What people asked for; a line `T1` each for a thread in a revision. */
  orders: z.string().optional(),
  threads: z.array(z.string()).default([]),
  /** Patches of before, the newest last: for those who mend, begin anew, revise or review. */
  tried: z
    .array(z.strictObject({ summary: z.string(), edits: z.array(editSchema), failed: z.string().optional() }))
    .default([]),
  feedback: z.string().optional(),
  whyAnew: z.string().optional(),
  candidates: z.array(z.string()).default([]),
  /** The properties beside those that every conversation has to keep, with what they need to know. */
  keeps: keepsSchema,
  replies: z.array(turnSchema).min(1),
  /** Conversations that break just these properties, so that the judges are judged too. */
  planted: z
    .array(z.strictObject({ breaks: z.array(z.enum(propertyNames)).min(1), replies: z.array(turnSchema).min(1) }))
    .min(1),
});

export type PromptCase = z.infer<typeof caseSchema> & {
  readonly id: string;
  readonly keeps: Keeps;
  /** The repository with the case's own files. */
  readonly base: Readonly<Record<string, string>>;
};

/** @throws {ConfigError} naming each place that is wrong. */
export async function readCases(folder: string = casesFolder): Promise<readonly PromptCase[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yml')).toSorted();
  return Promise.all(files.map((file) => readCase(join(folder, file))));
}

async function readCase(path: string): Promise<PromptCase> {
  const parsed = caseSchema.safeParse(parse(await readFile(path, 'utf8')));
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${path}: ${z.core.toDotPath(issue.path) || '(top)'}: ${issue.message}`),
    );
  const id = basename(path, '.yml');
  const own = Object.entries(parsed.data.files);
  const repository = await readFolder(join(repositoriesFolder, parsed.data.repository));
  const base = {
    ...repository,
    ...Object.fromEntries(own.flatMap(([name, text]) => (text === null ? [] : [[name, text]]))),
  };
  for (const [name, text] of own) if (text === null) delete base[name];
  return { ...parsed.data, id, base };
}

async function readFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return Object.fromEntries(files.map((file, index) => [file.slice(folder.length + 1), texts[index] ?? '']));
}
