package record

import (
	"hash/maphash"
	"strings"
	"sync"
)

// The memory of phone texts read. It holds at most 2 * phoneShards * phonesPerShard texts, 524,288, some 60 MB when
// full of ordinary numbers: enough for the numbers of both sides of a first run of 100,000 contacts, which is when
// each text is needed more than once.
const (
	phoneShards     = 32
	phonesPerShard  = 1 << 13
	longestRemember = 64 // bytes of region and text, and one for the region's length; longer texts are rare and read anew each time
)

var (
	phoneCache [phoneShards]phoneShard
	phoneSeed  = maphash.MakeSeed()
)

// phoneShard keeps two generations: when the young one is full it becomes the old one, and what the old one held and
// nobody asked for again is forgotten.
type phoneShard struct {
	mu         sync.Mutex
	young, old map[string]phone
}

func readPhone(text, region string) phone {
	if len(region)+1+len(text) > longestRemember {
		return interpretPhone(text, region)
	}
	var stack [longestRemember]byte
	key := append(append(append(stack[:0], byte(len(region))), region...), text...) // no two pairs have one key
	shard := &phoneCache[maphash.Bytes(phoneSeed, key)%phoneShards]
	if p, ok := shard.get(key); ok {
		return p
	}
	p := interpretPhone(text, region)
	p.canonical = strings.Clone(p.canonical) // may be part of the text, which may be part of a whole record
	shard.put(string(key), p)
	return p
}

func (s *phoneShard) get(key []byte) (phone, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.young[string(key)]; ok {
		return p, true
	}
	p, ok := s.old[string(key)]
	if ok {
		s.add(string(key), p)
	}
	return p, ok
}

func (s *phoneShard) put(key string, p phone) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(key, p)
}

func (s *phoneShard) add(key string, p phone) {
	if len(s.young) >= phonesPerShard {
		s.old, s.young = s.young, nil
	}
	if s.young == nil {
		s.young = make(map[string]phone)
	}
	s.young[key] = p
}
