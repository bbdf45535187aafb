package mapping

import (
	"encoding/binary"
	"hash/fnv"

	"github.com/seed-42871e99/crmsync/record"
)

// Definition is a fingerprint of what the rule speaks about: its fields and its lens, but not its direction or who wins,
// and not the text that a constant or template writes, which may be changed and is then written anew. It is never zero.
// What was seen of a record under another definition of a rule says nothing about this one. A host's own lens does not
// show in it: give the rule another id when the lens comes to mean something else. That of an action ([SetWhen]) is the
// field it writes, with the entry that it owns there.
//
// Definitions are stored: for the same rule every later version must give the same.
func (r *Compiled) Definition() uint32 { return r.definition }

func (r *Rule) definition() uint32 {
	h := fnv.New32a()
	list := func(texts ...string) { h.Write(listed(texts)) } // never fails
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

// defined is the definition of a rule that these words say all of.
func defined(words ...string) uint32 {
	h := fnv.New32a()
	h.Write(listed(words))
	return max(1, h.Sum32())
}

// listed is a list of texts as one, so that different lists differ.
func listed(texts []string) []byte {
	out := binary.AppendUvarint(nil, uint64(len(texts)))
	for _, text := range texts {
		out = binary.AppendUvarint(out, uint64(len(text)))
		out = append(out, text...)
	}
	return out
}
