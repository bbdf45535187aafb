package mapping

import (
	"encoding/binary"
	"hash/fnv"

	"github.com/seed-42871e99/crmsync/record"
)

// Definition is a fingerprint of what the rule speaks about: its fields and its lens, but not its direction or who wins,
// and not the text that a constant or template writes, which may be changed and is then written anew. It is never zero.
// What was seen of a record under another definition of a rule says nothing about this one. A host's own lens does not
// show in it: give the rule another id when the lens comes to mean something else.
//
// Definitions are stored: for the same rule every later version must give the same.
func (r *Compiled) Definition() uint32 { return r.definition }

func (r *Rule) definition() uint32 {
	h := fnv.New32a()
	list := func(texts ...string) {
		size := binary.AppendUvarint(nil, uint64(len(texts)))
		for _, text := range texts {
			size = binary.AppendUvarint(size, uint64(len(text)))
			size = append(size, text...)
		}
		h.Write(size) // never fails
	}
	list(r.names(record.CRM)...)
	list(r.names(record.Outlook)...)
	kind := r.Lens.Kind
	if kind == "" {
		kind = Copy
	}
	list(string(kind))
	for _, p := range r.Lens.Parts {
		list("part", string(p))
	}
	for _, p := range r.Lens.Table {
		list("pair", p.CRM, p.Outlook)
	}
	if kind == Set {
		list(r.Lens.Values...)
		list(r.Lens.Prefix)
	}
	return max(1, h.Sum32())
}
