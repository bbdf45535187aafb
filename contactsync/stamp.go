package contactsync

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-42871e99/crmsync/record"
)

// Stamp is what a created record carries: create key, hidden connector id and idempotency key in one (M4). It names the
// link and the create so well that a lost State can be rebuilt from it.
//
// Its text is a version digit and lower-case base32, because Graph compares property values without case.
type Stamp struct {
	Tenant, Conn uint64 // keyed hashes of the ids
	Link         string
	Gen          int
	// Record is the CRM record the item was made from; on a CRM record made from an Outlook item the deleted one whose place
	// it takes, or empty.
	Record string
}

const stampVersion = "1"

var errStamp = errors.New("not a stamp")

// String is the text of the stamp.
func (s Stamp) String() string {
	link, err := lowerBase32.DecodeString(s.Link)
	if err != nil || len(link) != idBytes {
		panic(fmt.Sprintf("contactsync: stamp of a malformed link id of %d characters", len(s.Link)))
	}
	b := binary.BigEndian.AppendUint64(nil, s.Tenant)
	b = binary.BigEndian.AppendUint64(b, s.Conn)
	b = append(b, link...)
	b = binary.AppendUvarint(b, uint64(s.Gen))
	b = append(b, s.Record...)
	return stampVersion + lowerBase32.EncodeToString(b)
}

// ParseStamp reads the text of a stamp, in any case. Text that is no stamp gives an error that does not hold it.
func ParseStamp(text string) (Stamp, error) {
	rest, ok := strings.CutPrefix(strings.ToLower(text), stampVersion)
	if !ok {
		return Stamp{}, errStamp
	}
	b, err := lowerBase32.DecodeString(rest)
	if err != nil || len(b) < 16+idBytes+1 {
		return Stamp{}, errStamp
	}
	s := Stamp{
		Tenant: binary.BigEndian.Uint64(b),
		Conn:   binary.BigEndian.Uint64(b[8:]),
		Link:   lowerBase32.EncodeToString(b[16 : 16+idBytes]),
	}
	gen, n := binary.Uvarint(b[16+idBytes:])
	if n <= 0 || gen > 1<<31 {
		return Stamp{}, errStamp
	}
	s.Gen = int(gen)
	s.Record = string(b[16+idBytes+n:])
	return s, nil
}

// stamp is the stamp of the link's current create.
func (r *run) stamp(l Link) string {
	if l.Target == record.CRM && l.Revives != "" {
		return r.reviveStamp(l.Revives)
	}
	s := Stamp{Tenant: r.e.ids.Text("tenant\x00" + r.conn.Tenant), Conn: r.e.ids.Text("conn\x00" + r.conn.ID), Link: l.ID, Gen: l.Gen}
	if l.Target == record.Outlook {
		s.Record = l.IDs[record.CRM]
	}
	return s.String()
}

// reviveStamp is the stamp of a CRM record that takes the place of a deleted one. It is the same for every connection, so
// that two users' revivals meet in one record.
func (r *run) reviveStamp(old string) string {
	about := "revive\x00" + r.conn.Tenant + "\x00" + old
	link := binary.BigEndian.AppendUint64(nil, r.e.ids.Text(about))
	link = binary.BigEndian.AppendUint64(link, r.e.ids.Text(about+"\x00second half"))
	return Stamp{
		Tenant: r.e.ids.Text("tenant\x00" + r.conn.Tenant), Conn: r.e.ids.Text("revive"),
		Link: lowerBase32.EncodeToString(link[:idBytes]), Record: old,
	}.String()
}

// ownStamp reads a stamp that this connection gave.
func (r *run) ownStamp(text string) (Stamp, bool) {
	if text == "" {
		return Stamp{}, false
	}
	s, err := ParseStamp(text)
	if err != nil || s.Tenant != r.e.ids.Text("tenant\x00"+r.conn.Tenant) || s.Conn != r.e.ids.Text("conn\x00"+r.conn.ID) {
		return Stamp{}, false
	}
	return s, true
}
