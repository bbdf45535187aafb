package sqlstate

// endConnection leaves of a connection its row, with its id and a token that no lease has: its leases are fenced out, and those of
// one that is put anew under its id come after them. A row that has ended is for no other statement there.
const endConnection = `UPDATE contactsync_connections SET tenant = '', user_id = '', mailbox = '{}', mailbox_key = '', folder = '',
		inactive = TRUE, status = 'ended', reason = '', halt = NULL, progress = '{}', next_at = 0, token = token + 1,
		lease_worker = NULL, lease_until = NULL, lease_skew = NULL, lease_mailbox = NULL
	WHERE id = $1`

// end forgets the connection.
func (w *batchWriter) end() {
	w.add(`DELETE FROM contactsync_claims WHERE holder = $1 AND tenant = (SELECT tenant FROM contactsync_connections WHERE id = $1)`, w.conn)
	for _, table := range []string{"links", "known_keys", "known", "problems", "messages", "runs", "journal"} {
		w.add(`DELETE FROM contactsync_`+table+` WHERE conn = $1`, w.conn)
	}
	w.add(endConnection, w.conn)
}
