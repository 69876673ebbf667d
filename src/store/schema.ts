import type { Generated, JSONColumnType } from 'kysely';

/** The tables of `migrations/`, as the query builder knows them. */
export interface Schema {
  deliveries: {
    id: string;
    signal: Json;
    status: 'received' | 'done' | 'ignored' | 'failed';
    tries: Generated<number>;
    note: string | null;
    received_at: Generated<Date>;
    settled_at: Date | null;
  };
  fixes: {
    id: string;
    installation_id: string;
    repository: string;
    issue_number: number;
    /** Null in rows of versions that knew issues only. */
    subject: string | null;
    pull_request_number: number | null;
    run_id: string | null;
    side_run_ids: Generated<string[]>;
    state: string;
    facts: Json;
    wait_until: Date | null;
    looked_at: Generated<Date>;
    burst_number: Generated<number>;
    burst_kind: string | null;
    running_number: number | null;
    running_kind: string | null;
    texts_dropped_at: Date | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  events: {
    fix_id: string;
    sequence: number;
    key: string;
    type: string;
    body: Json;
    did_advance: boolean;
    delivery_id: string | null;
    at: Generated<Date>;
  };
  turns: {
    fix_id: string;
    role: string;
    part: string;
    index: number;
    asked: Generated<number>;
    model_id: string | null;
    reply: Json | null;
    results: Json | null;
    overlay_changes: Json | null;
    input_tokens: Generated<string>;
    cached_input_tokens: Generated<string>;
    cache_write_tokens: Generated<string>;
    output_tokens: Generated<string>;
    cost_usd: number | null;
    account: Json | null;
    prompt: Json | null;
    parameters: Json | null;
    reasoning_tokens: Generated<string>;
    is_estimated: Generated<boolean>;
    stop: string | null;
    passed_over: Json | null;
    input_digest: string | null;
    input_bytes: string | null;
    output_digest: string | null;
    latency_ms: number | null;
    first_token_ms: number | null;
    calls: Json | null;
    texts_dropped_at: Date | null;
    asked_at: Generated<Date>;
    answered_at: Date | null;
  };
  spending_days: {
    repository: string;
    day: string;
    owner: string;
    replies: Generated<number>;
    usd: Generated<string>;
    input_tokens: Generated<string>;
    cached_input_tokens: Generated<string>;
    cache_write_tokens: Generated<string>;
    output_tokens: Generated<string>;
    reasoning_tokens: Generated<string>;
    unpriced_replies: Generated<number>;
  };
  holds: {
    id: Generated<string>;
    fix_id: string;
    role: string;
    part: string;
    index: number;
    repository: string;
    owner: string;
    usd: string;
    tokens: string;
    day: string;
    held_at: Generated<Date>;
    is_lost: Generated<boolean>;
    is_unheard: Generated<boolean>;
  };
  failed_calls: {
    fix_id: string;
    role: string;
    part: string;
    index: number;
    asked: number;
    model_id: string;
    fault: string;
    status: number | null;
    reason: string;
    passed_over: Json | null;
    prompt: Json | null;
    input_digest: string;
    input_bytes: string;
    latency_ms: number;
    at: Generated<Date>;
  };
  attempts: { fix_id: string; number: number; body: Json };
  reproductions: { fix_id: string; number: number; body: Json };
  effects: { fix_id: string; key: string; remote: Json; at: Generated<Date> };
  label_looks: { repository: string; looked_at: Date };
  content_writes: { installation_id: string; minute: Date; count: number };
  ignored_threads: { repository: string; number: number; by: string; at: Generated<Date> };
  documents: { fix_id: string; kind: string; markdown: string };
  inputs: { fix_id: string; text: string; digest: string; left_out: Json };
  repositories: {
    id: string;
    installation_id: string;
    repository: string;
    state: string;
    pull_request_number: number | null;
    tip: string | null;
    note: string | null;
    tries: Generated<number>;
    look_at: Date | null;
    begun_at: Date | null;
    updated_at: Generated<Date>;
  };
  installations: { id: string; look_at: Date };
  inventories: { repository: string; commit_sha: string; workflow_blob: string; checks: Json; at: Generated<Date> };
  policies: { repository: string; policy: Json; at: Generated<Date> };
}

/** Written as text, read as a value: `pg` parses jsonb. What is read back was written by this code. */
type Json = JSONColumnType<object>;
