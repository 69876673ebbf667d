import { expect, test } from 'vitest';
import { calling, fakeModel } from '../support/fake-model.ts';
import { fakeTurnLedger } from '../support/fake-turn-ledger.ts';
import { done, talk } from './talk.ts';

test('what is known of the repository stands before the opening', async () => {
  const model = fakeModel([calling(done)]);

  await talk(model, fakeTurnLedger(), { about: 'It sells stickers.' });

  expect(model.requests[0]?.messages).toEqual([
    { from: 'user', text: 'It sells stickers.' },
    { from: 'user', text: 'Mend it.' },
  ]);
});

test('what has to be known of a folder is told when calls first come there, and recorded', async () => {
  const ledger = fakeTurnLedger();
  const guide = async (paths: readonly string[], before: readonly string[]) =>
    paths.includes('a.ts') && !before.includes('a.ts') ? '[a.ts is old]' : '';
  const script = [calling(['read_file', { path: 'a.ts' }]), calling(['read_file', { path: 'a.ts' }]), calling(done)];

  await talk(script, ledger, { guide });

  expect(ledger.rows.map(({ results }) => results[0]?.note?.includes('[a.ts is old]') ?? false)).toEqual([
    true,
    false,
    false,
  ]);
});

test('what has to be known is asked for with every file and folder that a call names', async () => {
  const asked: (readonly string[])[] = [];
  const guide = async (paths: readonly string[]) => {
    asked.push(paths);
    return '';
  };
  const script = [
    calling(['read_file', { path: './a.ts' }], ['move_file', { from: 'a.ts', to: 'lib/b.ts' }]),
    calling(['list_files', { folder: './lib/' }]),
    calling(done),
  ];

  await talk(script, fakeTurnLedger(), { guide });

  expect(asked).toEqual([['a.ts', 'a.ts', 'lib/b.ts'], ['lib/'], []]);
});
