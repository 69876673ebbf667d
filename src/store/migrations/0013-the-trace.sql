-- What a turn was made of, in numbers and digests: it stays when the texts are dropped.
alter table turns
  add column prompt jsonb,
  add column parameters jsonb,
  add column reasoning_tokens bigint not null default 0,
  add column is_estimated boolean not null default false,
  add column stop text,
  add column passed_over jsonb,
  add column input_digest text,
  add column input_bytes bigint,
  add column output_digest text,
  add column latency_ms integer,
  add column first_token_ms integer,
  add column calls jsonb,
  -- Set once the texts are gone; the conversation then has another name in `part`, so that nothing goes on from it.
  add column texts_dropped_at timestamptz;

-- Questions that got no answer, by how often the turn had been asked.
create table failed_calls (
  fix_id text not null references fixes (id) on delete cascade,
  role text not null,
  part text not null,
  index integer not null,
  asked integer not null,
  model_id text not null,
  fault text not null,
  status integer,
  reason text not null,
  passed_over jsonb,
  prompt jsonb,
  input_digest text not null,
  input_bytes bigint not null,
  latency_ms integer not null,
  at timestamptz not null default now(),
  primary key (fix_id, role, part, index, asked)
);

alter table fixes add column texts_dropped_at timestamptz;
create index fixes_with_texts on fixes (updated_at)
  where state in ('archived', 'stopped', 'abandoned', 'expired')
    and (texts_dropped_at is null or texts_dropped_at < updated_at);
-- How many fixes there are of each state, every few seconds.
create index fixes_state on fixes (state);
