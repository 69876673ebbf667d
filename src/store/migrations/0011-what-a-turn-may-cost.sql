alter table turns
  add column cache_write_tokens bigint not null default 0,
  -- What was known of its cost before it was asked. Null in turns of older versions.
  add column account jsonb;
