-- Part 1: the CRM's own table, as it was before anybody thought of Outlook.

CREATE TABLE people (
  id           INTEGER PRIMARY KEY,
  tenant       TEXT NOT NULL,
  owner        TEXT NOT NULL,              -- the user who looks after this person
  private      INTEGER NOT NULL DEFAULT 0, -- 1: nobody but the owner may see it
  first_name   TEXT NOT NULL DEFAULT '',
  infix        TEXT NOT NULL DEFAULT '',   -- "van der"
  last_name    TEXT NOT NULL DEFAULT '',
  company      TEXT NOT NULL DEFAULT '',
  job_title    TEXT NOT NULL DEFAULT '',
  email        TEXT NOT NULL DEFAULT '',
  email2       TEXT NOT NULL DEFAULT '',
  work_phone   TEXT NOT NULL DEFAULT '',
  mobile_phone TEXT NOT NULL DEFAULT '',
  notes        TEXT NOT NULL DEFAULT '',
  birthday     TEXT,                       -- 2006-01-02; NULL where nobody knows it
  created_at   TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  modified_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, -- when somebody last changed a value; the CRM sets it
  deleted_at   TIMESTAMP,                  -- people are marked, not removed
  version      INTEGER NOT NULL DEFAULT 1
);

-- Part 2: what the sync adds. A CRM runs this once, as one of its migrations.
--
-- The stamp of a create. The unique index is what makes a create that is repeated, after a lost reply or by two workers
-- at once, find the person made the first time. It stays when the person is deleted.

ALTER TABLE people ADD COLUMN sync_stamp TEXT CHECK (sync_stamp <> '');
CREATE UNIQUE INDEX people_by_stamp ON people (tenant, sync_stamp);

-- Merge bookkeeping: who was merged into another is deleted and names the survivor, the last one of a chain. The CRM
-- merges person 7 into person 9 with
--
--   UPDATE people SET deleted_at = CURRENT_TIMESTAMP, merged_into = 9 WHERE id = 7 OR merged_into = 7

ALTER TABLE people ADD COLUMN merged_into INTEGER REFERENCES people (id);

-- The change sequence: a number for every change, rising within a tenant, kept with the row and so over restarts. It is
-- given by triggers, so that no part of the CRM can forget it, and deleted people keep theirs as tombstones.
--
-- A number must never show up after a higher one has been read, or the change is missed for good. An autoincrement
-- column or a database SEQUENCE breaks that: it hands 7 to one transaction and 8 to another, and 8 may be committed
-- first. Here the counter is a row, and whoever has raised it keeps others from raising it until the commit.
--
--   PostgreSQL  The same counter, raised by a BEFORE trigger that sets NEW.sync_seq (schema_postgres.sql). The writers of one tenant then wait for
--               each other; a transaction over several people, such as Apply's, first locks the counter (SELECT ... FROM
--               sync_feeds ... FOR UPDATE), or two of them may deadlock. A busy CRM does without the counter: the trigger
--               sets sync_seq, an xid8, to pg_current_xact_id(), and Changes reads only what is below
--               pg_snapshot_xmin(pg_current_snapshot()), in order of (sync_seq, id), with both in the cursor.
--   MySQL       InnoDB, with the same counter, triggers and lock as PostgreSQL.
--
-- The feed's id is in every cursor. Give it a new one after restoring a backup: the numbers lost with the old rows will be
-- given again, and cursors from before must not be taken for new ones.

CREATE TABLE sync_feeds (
  tenant TEXT PRIMARY KEY,
  id     TEXT NOT NULL DEFAULT (lower(hex(randomblob(8)))),
  last   INTEGER NOT NULL
);
ALTER TABLE people ADD COLUMN sync_seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX people_by_seq ON people (tenant, sync_seq);
UPDATE people SET sync_seq = id; -- those who are there already
INSERT INTO sync_feeds (tenant, last) SELECT tenant, max(id) FROM people GROUP BY tenant;

CREATE TRIGGER people_inserted AFTER INSERT ON people BEGIN
  INSERT INTO sync_feeds (tenant, last) VALUES (NEW.tenant, 1) ON CONFLICT (tenant) DO UPDATE SET last = last + 1;
  UPDATE people SET sync_seq = (SELECT last FROM sync_feeds WHERE tenant = NEW.tenant) WHERE id = NEW.id;
END;

CREATE TRIGGER people_updated AFTER UPDATE ON people WHEN NEW.sync_seq = OLD.sync_seq BEGIN
  INSERT INTO sync_feeds (tenant, last) VALUES (NEW.tenant, 1) ON CONFLICT (tenant) DO UPDATE SET last = last + 1;
  UPDATE people SET sync_seq = (SELECT last FROM sync_feeds WHERE tenant = NEW.tenant), version = OLD.version + 1 WHERE id = NEW.id;
END;

-- A row that is gone could not be told from one that never was. To erase a person, empty the columns and mark the row.

CREATE TRIGGER people_stay BEFORE DELETE ON people BEGIN
  SELECT RAISE(ABORT, 'people are marked with deleted_at, never removed');
END;

-- The match keys of people, as match.Keys gives them, so that a new Outlook contact finds its person without reading the
-- whole CRM. Keys depend on match.KeyVersion, and on the region that numbers without a country code are read in. The
-- index follows the change sequence; people_match_index says how far it has come. Rows of old versions may be deleted.

CREATE TABLE people_match_keys (
  tenant    TEXT NOT NULL,
  version   INTEGER NOT NULL,
  region    TEXT NOT NULL,
  match_key TEXT NOT NULL,
  person_id INTEGER NOT NULL REFERENCES people (id),
  PRIMARY KEY (tenant, version, region, match_key, person_id)
) WITHOUT ROWID;
CREATE INDEX people_match_keys_of ON people_match_keys (person_id, version, region);

CREATE TABLE people_match_index (
  tenant  TEXT NOT NULL,
  version INTEGER NOT NULL,
  region  TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  PRIMARY KEY (tenant, version, region)
);
