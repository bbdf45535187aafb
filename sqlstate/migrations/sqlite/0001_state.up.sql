-- +goose Up
-- Moments are microseconds since 1970 in UTC. Columns named data, mailbox, halt and progress hold what only the library reads.
-- No column holds what a record says: values are there as keyed fingerprints alone.

CREATE TABLE contactsync_schema (
    version integer NOT NULL
);

CREATE TABLE contactsync_connections (
    id            text PRIMARY KEY,
    tenant        text NOT NULL,
    user_id       text NOT NULL,
    kind          text NOT NULL,
    mailbox       text NOT NULL,
    mailbox_key   text NOT NULL,
    folder        text NOT NULL,
    inactive      boolean NOT NULL,
    status        text NOT NULL,
    reason        text NOT NULL,
    halt          text,
    progress      text NOT NULL,
    next_at       bigint NOT NULL, -- when it is due again
    seen_message  bigint NOT NULL, -- the newest that a lease brought that was given back
    token         bigint NOT NULL, -- of the newest lease
    lease_worker  text,
    lease_until   bigint, -- by the clock of the database; NULL: given back
    lease_skew    bigint, -- what the worker's clock was ahead
    lease_mailbox text, -- what is locked with it
    lease_message bigint NOT NULL -- the newest that it brought
);
CREATE INDEX contactsync_connections_tenant ON contactsync_connections (tenant, id);
CREATE INDEX contactsync_connections_due ON contactsync_connections (next_at, id) WHERE NOT inactive;
CREATE INDEX contactsync_connections_leased ON contactsync_connections (lease_mailbox) WHERE lease_mailbox IS NOT NULL;

CREATE TABLE contactsync_mailboxes (
    mailbox    text PRIMARY KEY,
    not_before bigint NOT NULL -- by the clock of the database
);

CREATE TABLE contactsync_links (
    conn       text NOT NULL,
    id         text NOT NULL,
    crm_id     text NOT NULL,
    outlook_id text NOT NULL,
    phase      text NOT NULL,
    is_open    boolean NOT NULL, -- a run must look at it first
    data       blob NOT NULL,
    PRIMARY KEY (conn, id)
);
CREATE INDEX contactsync_links_crm ON contactsync_links (crm_id, conn);
CREATE INDEX contactsync_links_outlook ON contactsync_links (conn, outlook_id);
CREATE INDEX contactsync_links_open ON contactsync_links (conn, id) WHERE is_open;
CREATE INDEX contactsync_links_linked ON contactsync_links (conn) WHERE phase = 'linked';

CREATE TABLE contactsync_known (
    item integer PRIMARY KEY AUTOINCREMENT,
    conn text NOT NULL,
    id   text NOT NULL,
    data blob NOT NULL,
    UNIQUE (conn, id)
);

CREATE TABLE contactsync_known_keys (
    conn text NOT NULL,
    key  bigint NOT NULL,
    item bigint NOT NULL,
    PRIMARY KEY (conn, key, item)
);
CREATE INDEX contactsync_known_keys_item ON contactsync_known_keys (item);

CREATE TABLE contactsync_claims (
    tenant     text NOT NULL,
    key        bigint NOT NULL,
    holder     text NOT NULL,
    held_until bigint NOT NULL, -- by the clock of the database
    PRIMARY KEY (tenant, key)
);

CREATE TABLE contactsync_problems (
    conn     text NOT NULL,
    id       text NOT NULL,
    retry_at bigint,
    data     text NOT NULL,
    PRIMARY KEY (conn, id)
);
CREATE INDEX contactsync_problems_retry ON contactsync_problems (conn, retry_at) WHERE retry_at IS NOT NULL;

CREATE TABLE contactsync_messages (
    id    integer PRIMARY KEY AUTOINCREMENT,
    conn  text NOT NULL,
    wakes boolean NOT NULL, -- makes the connection due
    data  text NOT NULL
);
CREATE INDEX contactsync_messages_conn ON contactsync_messages (conn, id);
CREATE INDEX contactsync_messages_waking ON contactsync_messages (conn, id) WHERE wakes;

CREATE TABLE contactsync_runs (
    conn  text NOT NULL,
    token bigint NOT NULL,
    ended bigint NOT NULL,
    data  text NOT NULL,
    PRIMARY KEY (conn, token)
);

CREATE TABLE contactsync_journal (
    conn    text NOT NULL,
    run     bigint NOT NULL,
    seq     bigint NOT NULL,
    link    text NOT NULL,
    at      bigint NOT NULL,
    is_over boolean NOT NULL,
    sealed  blob NOT NULL,
    PRIMARY KEY (conn, run, seq)
);
CREATE INDEX contactsync_journal_age ON contactsync_journal (conn, at, run, is_over);

INSERT INTO contactsync_schema (version) VALUES (1);
