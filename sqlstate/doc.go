// Package sqlstate keeps what the engine remembers in tables of a database that the host has already: PostgreSQL or SQLite,
// through database/sql and the host's own driver. This package imports none.
//
//	db, err := sql.Open("pgx", "postgres://crm@localhost/crm")
//	...
//	err = sqlstate.Migrate(ctx, db, sqlstate.Postgres, sqlstate.Options{})
//	...
//	state, err := sqlstate.Open(ctx, db, sqlstate.Postgres, sqlstate.Options{})
//	...
//	engine, err := contactsync.New(contactsync.Config{State: state, ...})
//
// [Migrate] may be run at every start; [Migrations] are the same as files, for a host with a tool of its own.
//
// # Workers
//
// Any number of processes may work on one database. A lease of a connection and its mailbox ends by the clock of the database, so
// that workers whose clocks disagree do not take each other's. Every save is one transaction that begins by looking at the
// fencing token of the lease, under a lock on the connection's row: a worker that stalled until another took over saves nothing.
//
// # Backups
//
// Before the tables are put back from a backup, stop all workers: fencing tokens begin again where the backup was made. Before they start
// again, call [contactsync.Engine.StateFromBackup] for each connection. Where one backup holds these tables and the CRM's, the same goes for the CRM's
// part: both are older than Outlook then.
//
// # What the tables hold
//
// Ids, versions, keyed fingerprints of values and match keys, cursors, problems and reports. Nothing of what a record says can be read
// there without the host's key; entries of the undo journal are encrypted by the engine.
//
// # Cost
//
// A run that finds nothing to do sends two statements to SQLite, and three to PostgreSQL beside begin and commit. Any number of links, known items, problems or
// journal entries is saved by one statement each on PostgreSQL, by one for each 2,000 on SQLite, and looked up by one. No method reads
// more than it is asked for, but for [State.Acquire], which brings all links that a stopped run left open.
package sqlstate
