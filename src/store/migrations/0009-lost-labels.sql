-- When the sweep last asked a repository for labels that no webhook told of.
create table label_looks (
  repository text primary key,
  looked_at timestamptz not null
);
create index fixes_created_at on fixes (created_at);

-- Labels that a webhook did tell of.
create index deliveries_labels on deliveries ((signal -> 'repository' ->> 'name'), (signal -> 'issue' ->> 'number'))
  where signal ->> 'type' = 'issue-labelled';
