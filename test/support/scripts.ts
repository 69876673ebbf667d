import type { ModelScript, ScriptedReply } from '../stand-in/model-script.ts';

/**
 * What models say of `sum-repository.ts`. A house takes one script; issues that need another carry its key in their
 * title or body (`match` of the model script).
 */
export type RoleScripts = Omit<ModelScript, 'match'>;

export const calls = (...tools: readonly [name: string, args: Record<string, unknown>][]): ScriptedReply => ({
  tools: tools.map(([name, args]) => ({ name, arguments: args })),
});

export const profiled = (title = 'Add in sum instead of subtracting'): ScriptedReply =>
  calls([
    'profile_ticket',
    { kind: 'bug', complexity: 'small', urgency: 'normal', value: 'normal', title, reason: 'One wrong operator.' },
  ]);

const planned = calls([
  'post_plan',
  {
    documents: [{ kind: 'plan', markdown: 'Let `sum` add, and test it with 2 and 3.' }],
    protected_paths_touched: [],
    risks: 'none',
  },
]);

export const finished = (summary: string): [string, Record<string, unknown>] => [
  'finish',
  { summary, tests_added: ['two and three are five'] },
];

const newTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sum } from './sum.js';

test('two and three are five', () => assert.equal(sum(2, 3), 5));
`;

const addTest: [string, Record<string, unknown>] = ['create_file', { path: 'five.test.js', content: newTest }];
const replaceOperator = (from: string, to: string): [string, Record<string, unknown>] => [
  'edit_file',
  { path: 'sum.js', old_text: `a ${from} b`, new_text: `a ${to} b` },
];

export const rightPatch = calls(addTest, replaceOperator('-', '+'), finished('`sum` adds now, with a test.'));

const accepted = calls(['post_review', { verdict: 'accept', findings: [], summary: 'It does what was asked.' }]);

export const rightFirstTime: RoleScripts = {
  fast: [[profiled()]],
  architect: [[planned]],
  coder: [[rightPatch]],
  debugger: [[rightPatch]],
  reviewer: [[accepted]],
};

const wrongPatch = calls(addTest, replaceOperator('-', '*'), finished('`sum` multiplies now.'));

/** Fails the new test once, then is right. */
export const wrongThenRight: RoleScripts = {
  ...rightFirstTime,
  coder: [[wrongPatch]],
  debugger: [[calls(replaceOperator('*', '+'), finished('`sum` adds now.'))]],
};

/** Every attempt fails the same test with another number. After three of them the fourth begins anew. */
export const alwaysWrong: RoleScripts = {
  ...rightFirstTime,
  coder: [[wrongPatch]],
  debugger: [
    [wrongPatch],
    [calls(replaceOperator('*', '%'), finished('`sum` takes the remainder now.'))],
    [calls(replaceOperator('%', '**'), finished('`sum` raises to a power now.'))],
    [calls(addTest, replaceOperator('-', '|'), finished('`sum` joins bits now.'))],
  ],
};

/** The coder says the same in every attempt and turn. */
export const coderSays = (...replies: readonly [ScriptedReply, ...ScriptedReply[]]): RoleScripts => ({
  ...rightFirstTime,
  coder: [[...replies]],
  debugger: [[...replies]],
});
