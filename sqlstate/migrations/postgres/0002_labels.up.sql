-- +goose Up
-- What the labels of a page of records ask for: a user's connections, and the problems of a record.

ALTER TABLE contactsync_problems ADD COLUMN crm_id text COLLATE "C" NOT NULL DEFAULT '';
UPDATE contactsync_problems SET crm_id = coalesce(CAST(data AS json) -> 'Record' ->> 0, '');
CREATE INDEX contactsync_problems_crm ON contactsync_problems (conn, crm_id);
CREATE INDEX contactsync_connections_user ON contactsync_connections (tenant, user_id);

INSERT INTO contactsync_schema (version) VALUES (2);
