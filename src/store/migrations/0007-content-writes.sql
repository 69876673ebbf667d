-- What was written to GitHub, by installation and minute: GitHub counts by the hour.
create table content_writes (
  installation_id bigint not null,
  minute timestamptz not null,
  count integer not null,
  primary key (installation_id, minute)
);
