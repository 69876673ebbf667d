export const levels = ['ok', 'warn', 'fail'] as const;

/** One line of the doctor: what was looked at, what was found, and what to do about it. */
export interface Finding {
  readonly level: (typeof levels)[number];
  readonly check: string;
  readonly found: string;
  /** Null where there is nothing to mend. */
  readonly mend: string | null;
}

export const ok = (check: string, found: string): Finding => ({ level: 'ok', check, found, mend: null });
export const warn = (check: string, found: string, mend: string): Finding => ({ level: 'warn', check, found, mend });
export const fail = (check: string, found: string, mend: string): Finding => ({ level: 'fail', check, found, mend });

export interface Report {
  readonly findings: readonly Finding[];
  readonly fails: number;
  readonly warnings: number;
}

export const reportOf = (findings: readonly Finding[]): Report => ({
  findings,
  fails: findings.filter(({ level }) => level === 'fail').length,
  warnings: findings.filter(({ level }) => level === 'warn').length,
});

export function renderLine({ level, check, found, mend }: Finding): string {
  const line = `${level.padEnd(4)}  ${check}: ${plainly(found)}`;
  return mend === null ? line : `${line}\n      → ${plainly(mend)}`;
}

export function renderSum({ fails, warnings, findings }: Report): string {
  if (fails + warnings === 0) return `All ${findings.length} are well.`;
  return `${findings.length - fails - warnings} well, ${warnings} to look at, ${fails} to mend. What each line means: docs/doctor.md`;
}

/** Words of GitHub and of files stand in a line: they must not end it, nor steer the terminal. */
const plainly = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();
