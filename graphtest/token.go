package graphtest

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
)

// token is what a nextLink or deltaLink carries. It holds all the server needs to go on, so that links stay good over
// Save and Load.
type token struct {
	Box        uint32 `json:"b"`
	Folder     uint64 `json:"f"`           // key; 0: the folder tree
	Generation uint64 `json:"g,omitempty"` // of delta tokens
	Serial     uint64 `json:"n,omitempty"` // which token of the mailbox this is

	// Of a delta.
	Delta    bool        `json:"d,omitempty"` // a round begins here; else it goes on
	Seq      uint64      `json:"s,omitempty"` // the last step looked at
	From     uint64      `json:"r,omitempty"` // where the round began
	Before   uint64      `json:"p,omitempty"` // where the round before began
	Floor    uint64      `json:"l,omitempty"` // first round: the newest step at its start
	First    bool        `json:"1,omitempty"` // the round lists everything
	Select   propertySet `json:"q"`
	Empty    int         `json:"e,omitempty"` // empty pages given since the last real one
	TopLeft  int         `json:"t,omitempty"` // rows left under $top; 0: no limit
	PageSize int         `json:"z,omitempty"` // of $top as page size

	// Of a list.
	After uint64 `json:"a,omitempty"` // key of the last contact answered
	Skip  int    `json:"k,omitempty"` // contacts answered, for PositionalPaging
}

func (t token) encode() string {
	raw, err := json.Marshal(t)
	if err != nil {
		panic("graphtest: token: " + err.Error()) // a struct of numbers always encodes
	}
	h := fnv.New32a()
	h.Write(raw)
	return base64.RawURLEncoding.EncodeToString(h.Sum(raw))
}

func parseToken(text string) (t token, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < 4 {
		return t, false
	}
	body, sum := raw[:len(raw)-4], raw[len(raw)-4:]
	h := fnv.New32a()
	h.Write(body)
	if string(h.Sum(nil)) != string(sum) {
		return t, false
	}
	return t, json.Unmarshal(body, &t) == nil
}
