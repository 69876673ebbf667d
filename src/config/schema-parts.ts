import { z } from 'zod';
import { efforts, roles } from '../domain/conversation.ts';
import { gateModes } from '../domain/policy.ts';
import { levels } from '../domain/who.ts';
import { modelNameForm, modelNameProblem } from '../models/model-name.ts';
import { pathGlobProblem } from './setting-forms.ts';

/** What the schema of `.github/ai-fix.yml` is put together from. */

/** What may stand at a place, to be read after "allowed: ". */
export const allowedAt = new Map<z.core.$ZodType, string>();

function saying<T extends z.ZodType>(type: T, allowed: string): T {
  allowedAt.set(type, allowed);
  return type;
}

interface Words {
  readonly means: string;
  readonly allowed?: string;
  /** Left out where there is none of its own; `means` then says what holds. */
  readonly default?: unknown;
}

export function key<T extends z.ZodType>(type: T, { means, allowed, ...rest }: Words): z.ZodOptional<T> {
  const told = type.meta({ description: means, ...rest });
  return z.optional(allowed === undefined ? told : saying(told, allowed));
}

export const group = <T extends z.ZodRawShape>(means: string, shape: T) => key(z.strictObject(shape), { means });

const oneOf = (words: readonly string[]): string =>
  words
    .map((word) => `\`${word}\``)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
export const word = <T extends readonly [string, ...string[]]>(words: T, means: string, standard: T[number]) =>
  key(z.enum(words), { means, allowed: oneOf(words), default: standard });

export const whole = (least: number, most: number, means: string, standard: number) =>
  key(z.number().int().min(least).max(most), {
    means,
    allowed: `a whole number from ${least} to ${most}`,
    default: standard,
  });

/** A limit that fixes share. Without a bound where it is left out. */
export const sharedUsd = (means: string) =>
  key(z.number().min(0.01).max(1_000_000), {
    means: `${means} Left out: without a bound.`,
    allowed: 'a number from 0.01 to 1000000',
  });
export const sharedTokens = (means: string) =>
  key(z.number().int().min(1_000).max(1_000_000_000_000), {
    means: `${means} Left out: without a bound.`,
    allowed: 'a whole number from 1000 to 1000000000000',
  });

/** A text of a form that no regular expression says well. */
export const text = (maxLength: number, problemOf: (text: string) => string | null) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });

export const list = <T extends z.ZodType>(
  item: T,
  most: number,
  words: { means: string; of: string; default: readonly unknown[] },
) =>
  key(z.array(saying(item, words.of)).max(most), {
    means: words.means,
    allowed: `a list of at most ${most}, each ${words.of}`,
    default: words.default,
  });

export const aPathGlob = (): z.ZodType<string> => text(300, pathGlobProblem);
export const pathGlobWords = 'a path inside the repository, or a glob of paths with `*`, `**` and `?`';

const login = (): z.ZodType<string> => z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);

/** A new one each time: what it means, and its default, differ from place to place. */
export const whoRule = (words: { means: string; default?: string }) =>
  key(
    z.union([
      z.enum(levels),
      z.strictObject({
        level: word(
          levels,
          'The least permission in the repository. It is asked for also of those who are named.',
          'write',
        ),
        users: list(login(), 100, {
          means: 'Who of those may; nobody named here or in teams: everybody.',
          of: 'a login, without @',
          default: [],
        }),
        teams: list(login(), 20, {
          means: "Teams of the repository's organization, by their short names.",
          of: 'the short name of a team, without @ and organization',
          default: [],
        }),
      }),
    ]),
    { ...words, allowed: '`write`, `maintain`, `admin`, or `{ level: …, users: […], teams: […] }`' },
  );

export const gate = (what: string, standard: string) =>
  key(
    z.union([
      z.enum(gateModes),
      z.strictObject({
        mode: key(z.enum(gateModes), {
          means: `When ${what} waits for an approval. Left out: ${standard}.`,
          allowed: oneOf(gateModes),
          default: standard,
        }),
        approvers: whoRule({ means: 'Who may approve this document. Left out: whoever who.may_approve lets.' }),
      }),
    ]),
    {
      means: `When ${what} waits for an approval. auto: never; risky: for large tickets and protected paths; required: always.`,
      allowed: `${oneOf(gateModes)}, or \`{ mode: …, approvers: … }\``,
      default: standard,
    },
  );

const aModel = (): z.ZodType<string> =>
  z
    .string()
    .regex(modelNameForm)
    .min(3)
    .max(200)
    .superRefine((name, context) => {
      const problem = modelNameForm.test(name) ? modelNameProblem(name) : null;
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    });

/** A model's name, or the same with how it shall be asked. */
const choice = () =>
  z.union([
    aModel(),
    z.strictObject({
      model: saying(aModel().meta({ description: 'provider/model' }), '`provider/model`'),
      temperature: key(z.number().min(0).max(2), {
        means: 'How freely words are chosen. Left out: as the provider has it; many models take none.',
        allowed: 'a number from 0 to 2',
      }),
      effort: key(z.enum(efforts), {
        means: 'How hard the model thinks before it answers. Left out: as the provider has it.',
        allowed: oneOf(efforts),
      }),
      max_tokens: key(z.number().int().min(1_500).max(1_000_000), {
        means: 'At most this is written in one reply, reasoning included. Left out: what the work needs.',
        allowed: 'a whole number from 1500 to 1000000',
      }),
    }),
  ]);

const choiceWords = '`provider/model` or `{ model: provider/model, temperature: …, effort: …, max_tokens: … }`';

export const chain = (role: string) =>
  key(z.array(saying(choice(), choiceWords)).min(1).max(8), {
    means: `Models of the role ${role}; where one fails the next is asked. Left out: those that the host has for it.`,
    allowed: `a list of 1 to 8, each ${choiceWords}`,
  });
export const modelShape = Object.fromEntries(roles.map((role) => [role, chain(role)])) as Record<
  (typeof roles)[number],
  ReturnType<typeof chain>
>;
