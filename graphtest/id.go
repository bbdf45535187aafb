package graphtest

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"strings"
)

// idKind is what an id names and in which form.
type idKind byte

const (
	ordinaryItem idKind = 1 + iota
	immutableItem
	folderItem
)

var idPrefix = map[idKind]string{ordinaryItem: "AAMkAD", immutableItem: "AAkALg", folderItem: "AQMkAD"}

// makeID writes an id as Graph's REST ids look: long, URL-safe base64, told apart by case alone now and then, ending
// in "=". The generation is what changes when an item moves.
func makeID(kind idKind, box uint32, generation uint32, key uint64) string {
	var raw [17]byte
	raw[0] = byte(kind)
	binary.BigEndian.PutUint32(raw[1:], box)
	binary.BigEndian.PutUint32(raw[5:], generation)
	binary.BigEndian.PutUint64(raw[9:], key)
	return idPrefix[kind] + base64.URLEncoding.EncodeToString(raw[:])
}

// parsedID is an id taken apart.
type parsedID struct {
	kind       idKind
	box        uint32
	generation uint32
	key        uint64
}

func parseID(id string) (parsedID, bool) {
	for kind, prefix := range idPrefix {
		rest, ok := strings.CutPrefix(id, prefix)
		if !ok {
			continue
		}
		raw, err := base64.URLEncoding.Strict().DecodeString(rest)
		if err != nil || len(raw) != 17 || idKind(raw[0]) != kind {
			continue
		}
		return parsedID{
			kind:       kind,
			box:        binary.BigEndian.Uint32(raw[1:]),
			generation: binary.BigEndian.Uint32(raw[5:]),
			key:        binary.BigEndian.Uint64(raw[9:]),
		}, true
	}
	return parsedID{}, false
}

// boxNumber tells the ids of one mailbox from those of another.
func boxNumber(seed uint64, address string) uint32 {
	h := fnv.New32a()
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seed)
	h.Write(b[:])
	h.Write([]byte(strings.ToLower(address)))
	return h.Sum32()
}

// changeKeyOf is the version mark of the state that a mailbox had at step seq.
func changeKeyOf(box uint32, seq uint64) string {
	var raw [18]byte
	raw[0], raw[4] = 0x11, 0x16
	binary.BigEndian.PutUint32(raw[6:], box)
	binary.BigEndian.PutUint64(raw[10:], seq)
	return base64.StdEncoding.EncodeToString(raw[:])
}

func etagOf(changeKey string) string { return `W/"` + changeKey + `"` }
