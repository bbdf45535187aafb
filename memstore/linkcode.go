package memstore

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
	"github.com/seed-42871e99/crmsync/record"
)

// A link is kept as one string. Beginning with its ids, so that an index can look at them at no cost:
//
//	id, CRM id, Outlook id, flags, phase, cause, [gen], [revives], [since], versions, seen, [pending by side], [asked]
//
// where texts have their length before them, Outlook's id and version their stem, phase and cause are names, and what is in
// brackets is there when a flag says so. Twelve rules seen take 220 to 420 bytes so, and 1,000 as a [contactsync.Link].
const (
	linkTargetOutlook byte = 1 << iota
	linkGen
	linkRevives
	linkSince
	linkPending
	linkAsked
	linkMadeCRM
	linkMadeOutlook
)

func (d *dictionary) appendLink(b []byte, l *contactsync.Link) []byte {
	b = statecode.AppendText(b, l.ID)
	b = statecode.AppendText(b, l.IDs[record.CRM])
	b = d.appendStemmed(b, stemID, l.IDs[record.Outlook])
	flags := statecode.Flag(l.Target == record.Outlook, linkTargetOutlook) | statecode.Flag(l.Gen != 0, linkGen) |
		statecode.Flag(l.Revives != "", linkRevives) | statecode.Flag(!l.Since.IsZero(), linkSince) |
		statecode.Flag(isPending(l), linkPending) | statecode.Flag(len(l.Asked) > 0, linkAsked) |
		statecode.Flag(l.Made[record.CRM], linkMadeCRM) | statecode.Flag(l.Made[record.Outlook], linkMadeOutlook)
	b = append(b, flags)
	b = d.appendName(b, string(l.Phase))
	b = d.appendName(b, string(l.Cause))
	if flags&linkGen != 0 {
		b = binary.AppendVarint(b, int64(l.Gen))
	}
	if flags&linkRevives != 0 {
		b = statecode.AppendText(b, l.Revives)
	}
	if flags&linkSince != 0 {
		b = statecode.AppendTime(b, l.Since)
	}
	b = statecode.AppendText(b, l.Version[record.CRM])
	b = d.appendStemmed(b, stemVersion, l.Version[record.Outlook])
	b = d.appendSeen(b, l.Seen)
	if flags&linkPending != 0 {
		b = d.appendSeen(b, l.Pending[record.CRM])
		b = d.appendSeen(b, l.Pending[record.Outlook])
	}
	if flags&linkAsked != 0 {
		b = d.appendSeen(b, l.Asked)
	}
	return b
}

func isPending(l *contactsync.Link) bool {
	return len(l.Pending[record.CRM]) > 0 || len(l.Pending[record.Outlook]) > 0
}

// isOpen says that a run must look at the link first: see [contactsync.Lease].
func isOpen(l *contactsync.Link) bool { return l.Phase == contactsync.Intended || isPending(l) }

// linkHead reads a link as far as its cause.
func (r *reader) linkHead(conn string) (l contactsync.Link, flags byte) {
	l.Conn = conn
	l.ID = r.Text()
	l.IDs[record.CRM] = r.Text()
	start, rest := r.stemmed(stemID)
	l.IDs[record.Outlook] = start + rest
	flags = r.Byte()
	if flags&linkTargetOutlook != 0 {
		l.Target = record.Outlook
	}
	l.Made = [2]bool{record.CRM: flags&linkMadeCRM != 0, record.Outlook: flags&linkMadeOutlook != 0}
	l.Phase = contactsync.Phase(r.name())
	l.Cause = contactsync.Cause(r.name())
	return l, flags
}

func (r *reader) link(conn string) contactsync.Link {
	l, flags := r.linkHead(conn)
	if flags&linkGen != 0 {
		l.Gen = int(r.Varint())
	}
	if flags&linkRevives != 0 {
		l.Revives = r.Text()
	}
	if flags&linkSince != 0 {
		l.Since = r.Time()
	}
	l.Version[record.CRM] = r.Text()
	start, rest := r.stemmed(stemVersion)
	l.Version[record.Outlook] = start + rest
	l.Seen = r.seen()
	if flags&linkPending != 0 {
		l.Pending[record.CRM] = r.seen()
		l.Pending[record.Outlook] = r.seen()
	}
	if flags&linkAsked != 0 {
		l.Asked = r.seen()
	}
	return l
}

// A Seen is: flags, rule with its definition, raw fingerprints, typed fingerprints, [version], [diverged]. Sides that hold the same in the same
// form have one fingerprint, and the version of the rules is mostly that of the entry before.
const (
	seenOneRaw byte = 1 << iota
	seenOneTyped
	seenVersion
	seenDiverged
	seenDef

	seenMinSize = 1 + 1 + 8 + 8
)

func (d *dictionary) appendSeen(b []byte, list []conflict.Seen) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	version := uint32(0)
	for _, s := range list {
		at := len(b)
		b = append(b, 0)
		if s.Def == 0 {
			b = d.appendName(b, s.Rule)
		} else { // one of few, like the rules
			b[at] |= seenDef
			var room [64]byte
			b = d.appendNameOf(b, appendDefinition(append(room[:0], s.Rule...), s.Def))
		}
		b = statecode.AppendFixed(b, s.Raw[0])
		if s.Raw[1] == s.Raw[0] {
			b[at] |= seenOneRaw
		} else {
			b = statecode.AppendFixed(b, s.Raw[1])
		}
		b = statecode.AppendFixed(b, s.Typed[0])
		if s.Typed[1] == s.Typed[0] {
			b[at] |= seenOneTyped
		} else {
			b = statecode.AppendFixed(b, s.Typed[1])
		}
		if s.Version != version {
			b[at] |= seenVersion
			b = binary.AppendUvarint(b, uint64(s.Version))
			version = s.Version
		}
		if s.Diverged != conflict.Agreed {
			b[at] |= seenDiverged
			b = d.appendName(b, string(s.Diverged))
		}
	}
	return b
}

// defSize is how many hexadecimal digits of a definition follow the name of a rule.
const defSize = 8

func appendDefinition(rule []byte, def uint32) []byte {
	var room [4]byte
	return hex.AppendEncode(rule, binary.BigEndian.AppendUint32(room[:0], def))
}

func (r *reader) definition(name string) (rule string, def uint32) {
	n := len(name) - defSize
	if n < 0 {
		r.Fail()
		return name, 0
	}
	d, err := strconv.ParseUint(name[n:], 16, 32)
	if err != nil {
		r.Fail()
	}
	return name[:n], uint32(d)
}

func (r *reader) seen() []conflict.Seen {
	n := r.Count(seenMinSize)
	if n == 0 {
		return nil
	}
	list := make([]conflict.Seen, n)
	version := uint32(0)
	for i := range list {
		s := &list[i]
		flags := r.Byte()
		s.Rule = r.name()
		if flags&seenDef != 0 {
			s.Rule, s.Def = r.definition(s.Rule)
		}
		s.Raw[0] = r.Fixed()
		if s.Raw[1] = s.Raw[0]; flags&seenOneRaw == 0 {
			s.Raw[1] = r.Fixed()
		}
		s.Typed[0] = r.Fixed()
		if s.Typed[1] = s.Typed[0]; flags&seenOneTyped == 0 {
			s.Typed[1] = r.Fixed()
		}
		if flags&seenVersion != 0 {
			version = uint32(r.Uvarint())
		}
		s.Version = version
		if flags&seenDiverged != 0 {
			s.Diverged = conflict.Reason(r.name())
		}
	}
	return list
}
