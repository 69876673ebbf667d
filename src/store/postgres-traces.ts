import type { Attempt } from '../domain/attempt.ts';
import { reviveFix } from '../domain/begin-fix.ts';
import { SealError } from '../domain/faults.ts';
import { type Fix, fixStates, isOver } from '../domain/fix-facts.ts';
import type { FixId } from '../domain/ids.ts';
import type { TraceLine } from '../domain/trace-line.ts';
import type { PaidTurn } from '../ports/stores.ts';
import type { NamedFix, Traces } from '../ports/traces.ts';
import type { Database } from './database.ts';
import { dropTexts, partName } from './drop-texts.ts';
import { keysInUse } from './keys-in-use.ts';
import { spendingOf } from './money.ts';
import type { Seal } from './seal.ts';
import { attemptLine, callLine, eventLine, faultLine, fixLine, numberColumns, toolLines } from './trace-lines.ts';
import { openTurn } from './turn-texts.ts';

const dayMs = 24 * 60 * 60_000;
/** Of the column that holds numbers of issues. */
const largestNumber = 2_147_483_647;

export interface TraceOptions {
  readonly seal: Seal;
  /** How long the texts of a fix are kept after its end. */
  readonly keepDays: number;
  readonly now: () => number;
}

export function createPostgresTraces(database: Database, { seal, keepDays, now }: TraceOptions): Traces {
  return {
    lines: async (id, withTexts) => {
      const row = await database.selectFrom('fixes').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      const first = fixLine(reviveFix(row.facts as Fix), row, await spendingOf(database, id));
      return linesOf(database, seal, { id, first, withTexts });
    },

    ofThread: async (repository, number) => {
      if (number > largestNumber) return [];
      const rows = await database
        .selectFrom('fixes')
        .select('id')
        .where((where) => where(where.fn<string>('lower', ['repository']), '=', repository.toLowerCase()))
        .where(({ eb, or }) => or([eb('issue_number', '=', number), eb('pull_request_number', '=', number)]))
        .orderBy('created_at', 'desc')
        .limit(20)
        .execute();
      return rows.map((row) => row.id as FixId);
    },

    newest: async (limit) => {
      const rows = await database
        .selectFrom('fixes')
        .select(['id', 'repository', 'issue_number', 'pull_request_number', 'state'])
        .orderBy('created_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(
        (row): NamedFix => ({
          id: row.id as FixId,
          thread: `${row.repository}#${row.issue_number || (row.pull_request_number ?? 0)}`,
          state: row.state,
        }),
      );
    },

    missingKeys: async () => {
      const rows = await database
        .selectFrom('fixes')
        .select('id')
        .where('state', 'not in', fixStates.filter(isOver))
        .execute();
      const keys = await keysInUse(
        database,
        rows.map(({ id }) => id as FixId),
      );
      return [...keys.keys()].filter((key) => !seal.knows(key));
    },

    keysInUse: async () => {
      const rows = await database.selectFrom('fixes').select('id').orderBy('created_at').execute();
      const keys = await keysInUse(
        database,
        rows.map(({ id }) => id as FixId),
      );
      return [...keys].map(([key, texts]) => ({ key, texts, isSet: seal.knows(key) }));
    },

    dropTexts: async () => {
      const nowMs = now();
      return dropTexts(database, new Date(nowMs - keepDays * dayMs), new Date(nowMs));
    },
  };
}

interface Order {
  readonly id: FixId;
  readonly first: TraceLine;
  readonly withTexts: boolean;
}

/** Numbers of all lines are read at once; of the texts, never more than those of one turn. */
async function* linesOf(database: Database, seal: Seal, { id, first, withTexts }: Order): AsyncGenerator<TraceLine> {
  yield first;
  const entries = [
    ...(await eventEntries(database, id, withTexts)),
    ...(await turnEntries(database, seal, id, withTexts)),
    ...(await faultEntries(database, id)),
  ];
  const attempts = await attemptLines(database, seal, {
    id,
    withTexts,
    begun: entries.flatMap(({ begins }) => begins ?? []),
  });
  const sorted = [
    ...entries,
    ...attempts.map((line) => ({ atMs: Date.parse(line.at ?? '') || 0, lines: async () => [line] })),
  ];
  for (const entry of sorted.sort((a, b) => a.atMs - b.atMs)) yield* await entry.lines();
}

interface Entry {
  readonly atMs: number;
  lines(): Promise<readonly TraceLine[]>;
  /** The attempt that this event begins. */
  readonly begins?: readonly Beginning[];
}

interface Beginning {
  readonly number: number;
  readonly at: Date;
}

async function eventEntries(database: Database, fix: FixId, withTexts: boolean): Promise<Entry[]> {
  const rows = await database.selectFrom('events').selectAll().where('fix_id', '=', fix).orderBy('sequence').execute();
  return rows.map((row) => {
    const line = eventLine(row, withTexts);
    const { attempt } = line.facts;
    const begins =
      row.type === 'attempt-started' && typeof attempt === 'number' ? [{ number: attempt, at: row.at }] : [];
    return { atMs: row.at.getTime(), lines: async () => [line], begins };
  });
}

async function turnEntries(database: Database, seal: Seal, fix: FixId, withTexts: boolean): Promise<Entry[]> {
  const rows = await database
    .selectFrom('turns')
    .select([...numberColumns])
    .where('fix_id', '=', fix)
    .orderBy('asked_at')
    .orderBy('index')
    .execute();
  return rows.map((row) => ({
    atMs: row.asked_at.getTime(),
    lines: async () => {
      const texts = withTexts && row.answered_at !== null ? await textsOf(database, seal, row) : null;
      return [callLine(row, texts), ...toolLines(row, texts)];
    },
  }));
}

/** What cannot be read any more: its place is said in the line, and the others are printed. */
async function textsOf(
  database: Database,
  seal: Seal,
  key: { fix_id: string; role: string; part: string; index: number },
): Promise<PaidTurn | 'unreadable' | null> {
  const row = await database
    .selectFrom('turns')
    .select(['index', 'reply', 'results', 'overlay_changes'])
    .where('fix_id', '=', key.fix_id)
    .where('role', '=', key.role)
    .where('part', '=', key.part)
    .where('index', '=', key.index)
    .executeTakeFirst();
  if (row?.reply === undefined || row.reply === null) return null;
  try {
    const conversation = { fix: key.fix_id as FixId, role: key.role as never, part: key.part };
    return openTurn(seal, conversation, row);
  } catch (error) {
    if (error instanceof SealError) return 'unreadable';
    throw error;
  }
}

async function faultEntries(database: Database, fix: FixId): Promise<Entry[]> {
  const rows = await database.selectFrom('failed_calls').selectAll().where('fix_id', '=', fix).orderBy('at').execute();
  return rows.map((row) => ({ atMs: row.at.getTime(), lines: async () => [faultLine(row, partName(row.part))] }));
}

async function attemptLines(
  database: Database,
  seal: Seal,
  { id, withTexts, begun }: { id: FixId; withTexts: boolean; begun: readonly Beginning[] },
) {
  const rows = await database.selectFrom('attempts').selectAll().where('fix_id', '=', id).orderBy('number').execute();
  return rows.map(({ number, body }) => {
    const at = begun.find((one) => one.number === number)?.at ?? null;
    try {
      const attempt = seal.open(body, `attempts.body:${id}:${number}`) as Attempt;
      return attemptLine(number, at, attempt, withTexts);
    } catch (error) {
      if (error instanceof SealError) return attemptLine(number, at, null, withTexts);
      throw error;
    }
  });
}
