-- +goose Up
-- What the list of a user's problems and the labels ask for: the problem that a message answers.

ALTER TABLE contactsync_messages ADD COLUMN problem text NOT NULL DEFAULT '';
UPDATE contactsync_messages SET problem = coalesce(json_extract(data, '$.Decision.Problem'), '');
CREATE INDEX contactsync_messages_answers ON contactsync_messages (conn, problem) WHERE problem <> '';

INSERT INTO contactsync_schema (version) VALUES (3);
