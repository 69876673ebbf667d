-- What replies cost, by repository and day of UTC. Only added to.
create table spending_days (
  repository text not null,
  day date not null,
  owner text not null,
  replies integer not null default 0,
  usd numeric not null default 0,
  input_tokens bigint not null default 0,
  cached_input_tokens bigint not null default 0,
  cache_write_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  reasoning_tokens bigint not null default 0,
  -- Replies of models whose price nobody knew. Their tokens are among those above.
  unpriced_replies integer not null default 0,
  primary key (repository, day)
);

create index spending_days_by_owner on spending_days (owner, day);
create index spending_days_by_day on spending_days (day);

-- The most that a call may cost, from before it is asked until its reply is a row. It outlives its fix.
create table holds (
  id bigint generated always as identity primary key,
  fix_id text not null,
  role text not null,
  part text not null,
  index integer not null,
  repository text not null,
  owner text not null,
  usd numeric not null,
  tokens bigint not null,
  day date not null,
  held_at timestamptz not null default clock_timestamp(),
  -- Nobody waits for its reply any more, and it may have been charged.
  is_lost boolean not null default false
);

create index holds_by_fix on holds (fix_id);
create index holds_by_day on holds (day);

insert into spending_days
  (repository, day, owner, replies, usd, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, unpriced_replies)
select
  fixes.repository,
  (turns.asked_at at time zone 'utc')::date,
  split_part(fixes.repository, '/', 1),
  count(*),
  coalesce(sum(turns.cost_usd::numeric), 0),
  sum(turns.input_tokens),
  sum(turns.cached_input_tokens),
  sum(turns.cache_write_tokens),
  sum(turns.output_tokens),
  count(*) filter (where turns.cost_usd is null)
from turns join fixes on fixes.id = turns.fix_id
where turns.answered_at is not null
group by 1, 2, 3;
