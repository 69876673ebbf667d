-- Nothing was heard of the call: it counts what it may have read, and of one turn only the newest such call counts.
alter table holds add column is_unheard boolean not null default false;
