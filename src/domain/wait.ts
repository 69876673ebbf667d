/** What a fix waits for: a person, GitHub, the clock, or whoever is away. */
export type WaitReason = 'approval' | 'run' | 'outage' | 'money' | 'merge' | 'checks';

export interface Wait {
  readonly for: WaitReason;
  readonly untilMs: number;
}

/** Who is away. */
export type Outage = 'models' | 'github' | 'ai-fix';
