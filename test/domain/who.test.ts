import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actions,
  botAnswer,
  defaultWho,
  levels,
  personAnswer,
  type Standing,
  type WhoPolicy,
  type WhoRule,
} from '../../src/domain/who.ts';

const withRule = (rule: WhoRule): WhoPolicy => ({
  ...defaultWho,
  rules: { trigger: rule, approve: rule, command: rule },
});
const facts = (standing: Standing) => ({ standing, teams: [], isRequester: false });

describe('who may do something', () => {
  it.each([
    ['write', 'none', 'refused'],
    ['write', 'read', 'refused'],
    ['write', 'write', 'may'],
    ['write', 'maintain', 'may'],
    ['write', 'admin', 'may'],
    ['maintain', 'write', 'refused'],
    ['maintain', 'maintain', 'may'],
    ['maintain', 'admin', 'may'],
    ['admin', 'maintain', 'refused'],
    ['admin', 'admin', 'may'],
  ] as const)('where the level is %s, somebody with %s: %s', (level, standing, expected) => {
    const answer = personAnswer('trigger', 'alice', withRule({ level, named: null }), facts(standing));

    expect(answer.kind).toBe(expected);
  });

  it('is narrowed by naming people, in any letter case', () => {
    const policy = withRule({ level: 'write', named: { users: ['Alice'], teams: [] } });

    expect(personAnswer('approve', 'aLICE', policy, facts('write'))).toEqual({ kind: 'may' });
    expect(personAnswer('approve', 'bob', policy, facts('admin')).kind).toBe('refused');
  });

  it('is never widened by naming people', () => {
    const policy = withRule({ level: 'write', named: { users: ['rita'], teams: ['security'] } });

    const answer = personAnswer('approve', 'rita', policy, {
      standing: 'read',
      teams: ['security'],
      isRequester: false,
    });

    expect(answer.kind).toBe('refused');
  });

  it('is narrowed to the members of a team', () => {
    const policy = withRule({ level: 'write', named: { users: [], teams: ['security'] } });

    expect(personAnswer('approve', 'bob', policy, { ...facts('write'), teams: ['security'] }).kind).toBe('may');
    expect(personAnswer('approve', 'bob', policy, { ...facts('write'), teams: ['other'] }).kind).toBe('refused');
  });

  it('leaves the approval to another person where the requester may not give it', () => {
    const policy = { ...defaultWho, selfApproval: false };
    const requester = { ...facts('admin'), isRequester: true };

    expect(personAnswer('approve', 'alice', policy, requester).kind).toBe('refused');
    expect(personAnswer('command', 'alice', policy, requester).kind).toBe('may');
    expect(personAnswer('approve', 'bob', policy, facts('write')).kind).toBe('may');
  });

  it('never asks for less than write, whatever is configured', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...actions),
        fc.constantFrom(...levels),
        fc.constantFrom<Standing>('none', 'read'),
        fc.boolean(),
        (action, level, standing, isRequester) => {
          const policy = withRule({ level, named: { users: ['mallory'], teams: ['everyone'] } });
          const answer = personAnswer(action, 'mallory', policy, { standing, teams: ['everyone'], isRequester });

          expect(answer.kind).toBe('refused');
        },
      ),
    );
  });
});

describe('a bot', () => {
  const listed = { ...defaultWho, bots: [42] };
  const bot = (id?: number) => ({ login: 'other[bot]', id, isBot: true });

  it.each([
    ['trigger', 42, 'may'],
    ['command', 42, 'may'],
    ['approve', 42, 'silent'],
    ['trigger', 43, 'silent'],
    ['command', undefined, 'silent'],
  ] as const)('that wants to %s, by number %s: %s', (action, id, expected) => {
    expect(botAnswer(action, bot(id), listed)?.kind).toBe(expected);
  });

  it('is on no list by default', () => {
    expect(botAnswer('trigger', bot(42), defaultWho)?.kind).toBe('silent');
  });

  it('is none because its number is on the list: a person is asked for as a person', () => {
    expect(botAnswer('trigger', { login: 'alice', id: 42, isBot: false }, listed)).toBeNull();
  });
});
