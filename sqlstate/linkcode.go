package sqlstate

import (
	"encoding/binary"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/record"
)

// What of a link is not in columns of its own is kept as: form, flags, cause, generation, revives, [since], versions, seen,
// pending by side, asked; what is in brackets is there when a flag says so.
const linkForm byte = 1

const (
	linkTargetOutlook byte = 1 << iota
	linkMadeCRM
	linkMadeOutlook
	linkSince
)

func appendLink(b []byte, l *contactsync.Link) []byte {
	b = append(b, linkForm)
	b = append(b, flag(l.Target == record.Outlook, linkTargetOutlook)|flag(l.Made[record.CRM], linkMadeCRM)|
		flag(l.Made[record.Outlook], linkMadeOutlook)|flag(!l.Since.IsZero(), linkSince))
	b = appendText(b, string(l.Cause))
	b = binary.AppendVarint(b, int64(l.Gen))
	b = appendText(b, l.Revives)
	if !l.Since.IsZero() {
		b = appendTime(b, l.Since)
	}
	for _, version := range l.Version {
		b = appendText(b, version)
	}
	b = appendSeen(b, l.Seen)
	for _, pending := range l.Pending {
		b = appendSeen(b, pending)
	}
	return appendSeen(b, l.Asked)
}

// readLink completes a link with what its code says.
func readLink(code []byte, l *contactsync.Link) error {
	r := newReader(code, linkForm)
	flags := r.byte()
	if flags&linkTargetOutlook != 0 {
		l.Target = record.Outlook
	}
	l.Made = [2]bool{record.CRM: flags&linkMadeCRM != 0, record.Outlook: flags&linkMadeOutlook != 0}
	l.Cause = contactsync.Cause(r.text())
	l.Gen = int(r.varint())
	l.Revives = r.text()
	if flags&linkSince != 0 {
		l.Since = r.time()
	}
	for side := range l.Version {
		l.Version[side] = r.text()
	}
	l.Seen = r.seen()
	for side := range l.Pending {
		l.Pending[side] = r.seen()
	}
	l.Asked = r.seen()
	return r.end()
}

// A Seen is: rule, flags, [definition], raw fingerprints, typed fingerprints, [version], [diverged]. Sides that hold the
// same in the same form have one fingerprint, and the version of the rules is mostly that of the entry before.
const (
	seenOneRaw byte = 1 << iota
	seenOneTyped
	seenDef
	seenVersion
	seenDiverged

	seenMinSize = 1 + 1 + 8 + 8
)

func appendSeen(b []byte, list []conflict.Seen) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	version := uint32(0)
	for _, s := range list {
		b = appendText(b, s.Rule)
		b = append(b, flag(s.Raw[1] == s.Raw[0], seenOneRaw)|flag(s.Typed[1] == s.Typed[0], seenOneTyped)|
			flag(s.Def != 0, seenDef)|flag(s.Version != version, seenVersion)|flag(s.Diverged != conflict.Agreed, seenDiverged))
		if s.Def != 0 {
			b = binary.LittleEndian.AppendUint32(b, s.Def)
		}
		b = appendPair(b, s.Raw)
		b = appendPair(b, s.Typed)
		if s.Version != version {
			b = binary.AppendUvarint(b, uint64(s.Version))
			version = s.Version
		}
		if s.Diverged != conflict.Agreed {
			b = appendText(b, string(s.Diverged))
		}
	}
	return b
}

func appendPair(b []byte, pair [2]uint64) []byte {
	b = appendFixed(b, pair[0])
	if pair[1] != pair[0] {
		b = appendFixed(b, pair[1])
	}
	return b
}

func (r *reader) seen() []conflict.Seen {
	n := r.count(seenMinSize)
	if n == 0 {
		return nil
	}
	list := make([]conflict.Seen, n)
	version := uint32(0)
	for i := range list {
		s := &list[i]
		s.Rule = r.text()
		flags := r.byte()
		if flags&seenDef != 0 {
			s.Def = r.fixed32()
		}
		s.Raw = r.pair(flags&seenOneRaw != 0)
		s.Typed = r.pair(flags&seenOneTyped != 0)
		if flags&seenVersion != 0 {
			version = uint32(r.uvarint())
		}
		s.Version = version
		if flags&seenDiverged != 0 {
			s.Diverged = conflict.Reason(r.text())
		}
	}
	return list
}

func (r *reader) pair(one bool) (pair [2]uint64) {
	pair[0] = r.fixed()
	if pair[1] = pair[0]; !one {
		pair[1] = r.fixed()
	}
	return pair
}

func (r *reader) fixed32() uint32 {
	var x uint32
	for i := range 4 {
		x |= uint32(r.byte()) << (8 * i)
	}
	return x
}
