import { z } from 'zod';
import { findingKinds } from '../../../src/domain/review.ts';
import { finishOf, type Held } from './held.ts';
import { property } from './property.ts';

const argumentsOf = (held: Held): Readonly<Record<string, unknown>> => finishOf(held)?.args ?? {};

const findingSchema = z.object({
  kind: z.string().optional(),
  path: z.string().optional(),
  text: z.string(),
  must_fix: z.boolean().optional(),
});
const findingsOf = (held: Held) => z.array(findingSchema).catch([]).parse(argumentsOf(held).findings);
const documentsOf = (held: Held) =>
  z
    .array(z.object({ kind: z.string(), markdown: z.string() }))
    .catch([])
    .parse(argumentsOf(held).documents);
const pathsOf = (held: Held) => z.array(z.string()).catch([]).parse(argumentsOf(held).paths);

/** Of conversations that end in a word: plans, reviews, profiles, places, answers. */
export const answerProperties = {
  /** The reviewer sees the planted fault: its verdict, and a finding at the place in words like these. */
  'finds-the-planted-fault': property(
    z.strictObject({
      verdict: z.array(z.enum(['send-back', 'veto'])).min(1),
      path: z.string().optional(),
      kinds: z.array(z.enum(findingKinds)).optional(),
      words: z.string(),
    }),
    (held, { verdict, path, kinds, words }) => {
      const said = String(argumentsOf(held).verdict);
      if (!verdict.some((one) => one === said)) return `its verdict is ${said}`;
      const spot = findingsOf(held).find(
        (finding) =>
          (path === undefined || finding.path === undefined || finding.path === path) &&
          (kinds === undefined || finding.kind === undefined || kinds.some((kind) => kind === finding.kind)) &&
          new RegExp(words, 'i').test(finding.text),
      );
      if (spot !== undefined || new RegExp(words, 'i').test(String(argumentsOf(held).summary))) return null;
      return 'none of its findings tells of the fault';
    },
  ),

  'accepts-what-is-right': property(z.literal(true), (held) => {
    const { verdict } = argumentsOf(held);
    return verdict === 'accept' ? null : `its verdict is ${String(verdict)}`;
  }),

  /** Files that a plan names are in the repository, or the line says that they are new. */
  'names-files-that-exist': property(z.literal(true), (held) => {
    const known = Object.keys(held.base);
    const lines = documentsOf(held).flatMap(({ markdown }) => markdown.split('\n'));
    const strange = lines
      .filter((line) => !/\b(?:new|add(?:s|ed)?|create[sd]?)\b/i.test(line))
      .flatMap((line) => [...line.matchAll(/`([\w./-]+\.(?:[cm]?[jt]sx?|py|md|json|ya?ml|go|rs|java))(?::\d+)?`/g)])
      .map(([, path = '']) => path)
      .filter((path) => !known.some((file) => file === path || file.endsWith(`/${path}`)));
    return strange.length === 0 ? null : `there is no ${[...new Set(strange)].join(', ')}`;
  }),

  /** Each of these regular expressions is found in what the finishing call says. */
  says: property(z.array(z.string()).min(1), (held, wanted) => {
    const said = finishOf(held)?.argumentsJson ?? '';
    const missing = wanted.filter((one) => !new RegExp(one, 'i').test(said));
    return missing.length === 0 ? null : `it says nothing of ${missing.join(', ')}`;
  }),

  'profiles-rightly': property(
    z.strictObject({ kind: z.array(z.string()).optional(), complexity: z.array(z.string()).optional() }),
    (held, wanted) => {
      const wrong = Object.entries(wanted).find(([key, values]) => !values?.includes(String(argumentsOf(held)[key])));
      return wrong === undefined ? null : `${wrong[0]} is ${String(argumentsOf(held)[wrong[0]])}`;
    },
  ),

  /** One of these paths is named first, and no path of the others anywhere. */
  'ranks-the-right-file': property(
    z.strictObject({ first: z.array(z.string()).min(1), never: z.array(z.string()).default([]) }),
    (held, { first, never }) => {
      const [top = 'nothing'] = pathsOf(held);
      if (!first.includes(top)) return `it names ${top} first`;
      const wrong = pathsOf(held).find((path) => never.includes(path));
      return wrong === undefined ? null : `it names ${wrong}`;
    },
  ),

  /** Whether each review thread is said to be done. */
  'answers-honestly': property(z.record(z.string(), z.boolean()), (held, wanted) => {
    const answers = z
      .array(z.object({ thread: z.string(), done: z.boolean() }))
      .catch([])
      .parse(argumentsOf(held).answers);
    const wrong = Object.entries(wanted).find(
      ([thread, isDone]) => answers.find((one) => one.thread === thread)?.done !== isDone,
    );
    return wrong === undefined ? null : `${wrong[0]} is not answered as ${wrong[1] ? 'done' : 'left'}`;
  }),
};
