import type { Settings } from './policy-schema.ts';

/**
 * What two files say together: the nearer one wins. Groups merge key by key; lists, texts and numbers replace.
 *
 * A rule or a gate in its short form (`may_approve: write`) says everything and replaces; in its long form it adds to
 * what the farther file says, whichever form that has.
 */
export function mergeSettings(nearer: Settings, farther: Settings): Settings {
  return merged(inLongForm(farther), nearer) as Settings;
}

type Group = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(far: unknown, near: unknown): unknown {
  if (near === undefined) return far;
  if (!isGroup(far) || !isGroup(near)) return near;
  const keys = new Set([...Object.keys(far), ...Object.keys(near)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(far[key], near[key])]));
}

function inLongForm(settings: Settings): Settings {
  const { who, gates } = settings;
  return {
    ...settings,
    ...(who === undefined
      ? {}
      : {
          who: {
            ...who,
            may_trigger: longRule(who.may_trigger),
            may_approve: longRule(who.may_approve),
            may_command: longRule(who.may_command),
          },
        }),
    ...(gates === undefined
      ? {}
      : {
          gates: {
            requirements: longGate(gates.requirements),
            design: longGate(gates.design),
            plan: longGate(gates.plan),
          },
        }),
  };
}

type Rule = NonNullable<Settings['who']>['may_trigger'];
type GateSetting = NonNullable<Settings['gates']>['plan'];

const longRule = (rule: Rule): Rule => (typeof rule === 'string' ? { level: rule } : rule);

function longGate(gate: GateSetting): GateSetting {
  if (typeof gate === 'string') return { mode: gate };
  return gate === undefined ? undefined : { ...gate, approvers: longRule(gate.approvers) };
}
