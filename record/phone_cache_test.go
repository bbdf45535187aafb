package record

import (
	"strconv"
	"testing"
)

func TestPhoneMemoryIsBounded(t *testing.T) {
	var s phoneShard
	s.put("asked for again", phone{canonical: "kept"})
	for i := range 5 * phonesPerShard {
		s.put(strconv.Itoa(i), phone{})
		if n := len(s.young) + len(s.old); n > 2*phonesPerShard {
			t.Fatalf("after %d texts, %d are remembered; at most %d may be", i, n, 2*phonesPerShard)
		}
		if i%1000 == 0 {
			if p, ok := s.get([]byte("asked for again")); !ok || p.canonical != "kept" {
				t.Fatalf("after %d texts, one that is asked for all the time is forgotten", i)
			}
		}
	}
	if _, ok := s.get([]byte("0")); ok {
		t.Error("a text that nobody asked for again is still remembered")
	}
}
