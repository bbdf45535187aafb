package sqlstate

import (
	"encoding/binary"

	"github.com/seed-42871e99/crmsync/conflict"
	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/internal/statecode"
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
	b = append(b, statecode.Flag(l.Target == record.Outlook, linkTargetOutlook)|statecode.Flag(l.Made[record.CRM], linkMadeCRM)|
		statecode.Flag(l.Made[record.Outlook], linkMadeOutlook)|statecode.Flag(!l.Since.IsZero(), linkSince))
	b = statecode.AppendText(b, string(l.Cause))
	b = binary.AppendVarint(b, int64(l.Gen))
	b = statecode.AppendText(b, l.Revives)
	if !l.Since.IsZero() {
		b = statecode.AppendTime(b, l.Since)
	}
	for _, version := range l.Version {
		b = statecode.AppendText(b, version)
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
	flags := r.Byte()
	if flags&linkTargetOutlook != 0 {
		l.Target = record.Outlook
	}
	l.Made = [2]bool{record.CRM: flags&linkMadeCRM != 0, record.Outlook: flags&linkMadeOutlook != 0}
	l.Cause = contactsync.Cause(r.Text())
	l.Gen = int(r.Varint())
	l.Revives = r.Text()
	if flags&linkSince != 0 {
		l.Since = r.Time()
	}
	for side := range l.Version {
		l.Version[side] = r.Text()
	}
	l.Seen = r.seen()
	for side := range l.Pending {
		l.Pending[side] = r.seen()
	}
	l.Asked = r.seen()
	return r.End()
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
		b = statecode.AppendText(b, s.Rule)
		b = append(b, statecode.Flag(s.Raw[1] == s.Raw[0], seenOneRaw)|statecode.Flag(s.Typed[1] == s.Typed[0], seenOneTyped)|
			statecode.Flag(s.Def != 0, seenDef)|statecode.Flag(s.Version != version, seenVersion)|statecode.Flag(s.Diverged != conflict.Agreed, seenDiverged))
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
			b = statecode.AppendText(b, string(s.Diverged))
		}
	}
	return b
}

func appendPair(b []byte, pair [2]uint64) []byte {
	b = statecode.AppendFixed(b, pair[0])
	if pair[1] != pair[0] {
		b = statecode.AppendFixed(b, pair[1])
	}
	return b
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
		s.Rule = r.Text()
		flags := r.Byte()
		if flags&seenDef != 0 {
			s.Def = r.Fixed32()
		}
		s.Raw = r.pair(flags&seenOneRaw != 0)
		s.Typed = r.pair(flags&seenOneTyped != 0)
		if flags&seenVersion != 0 {
			version = uint32(r.Uvarint())
		}
		s.Version = version
		if flags&seenDiverged != 0 {
			s.Diverged = conflict.Reason(r.Text())
		}
	}
	return list
}

func (r *reader) pair(one bool) (pair [2]uint64) {
	pair[0] = r.Fixed()
	if pair[1] = pair[0]; !one {
		pair[1] = r.Fixed()
	}
	return pair
}
