package filter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	. "github.com/seed-42871e99/crmsync/filter"
)

func TestAsks(t *testing.T) {
	mine, open, seen := Equals("owner", User), Equals("status", "open"), Has("editors", User)
	for _, tt := range []struct {
		c    Condition
		want bool // of the owner
	}{
		{mine, true},
		{Not(mine), true},
		{In("owner", "u1", "u2"), true},
		{open, false},
		{And(open, mine), true},
		{And(open, seen), false},
		{Or(mine, In("owner", "u2")), true},
		{Or(mine, open), false},
		{Or(mine, And(open, Empty("owner"))), true},
		{Condition{Op: OpOr, Conditions: []Condition{mine, {}}}, false},
		{Condition{Op: OpAnd, Conditions: []Condition{mine, {}}}, true},
		{Not(Or(mine, open)), true},
		{Not(And(mine, open)), false},
		{Not(And(mine, Not(mine))), true},
		{Condition{}, false},
		{Not(Condition{}), false},
		{Saved("mine"), false},
		{Condition{Op: OpAnd}, false},
		{Condition{Op: OpOr}, false},
		{Condition{Op: OpNot}, false},
		{Condition{Op: OpOr, Conditions: []Condition{mine}}, true},
	} {
		assert.Equal(t, tt.want, tt.c.Asks("owner"), "%+v", tt.c)
	}
	assert.True(t, Or(mine, seen).Asks("editors", "owner"))
	assert.False(t, Or(mine, seen, open).Asks("editors", "owner"))
	assert.False(t, mine.Asks())
	assert.False(t, Condition{}.Asks(""))
	assert.False(t, Saved("mine").Asks(""))
}

// What asks about fields holds for no record in which they are not known; and how it is written makes no difference.
func TestAskingLaws(t *testing.T) {
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := genCondition(2).Draw(t, "a"), genCondition(2).Draw(t, "b")
		c := rapid.SampledFrom([]Condition{a, Not(a), And(a, b), Or(a, b), Not(Or(a, b))}).Draw(t, "condition")
		fields := rapid.SliceOfN(rapid.SampledFrom(people.Names()), 1, 2).Draw(t, "fields")
		if c.Asks(fields...) {
			asked++
			f := ada.Only(func(name string) bool { return name != fields[0] && name != fields[len(fields)-1] })
			if c.Eval(f, env()) == Yes {
				t.Fatalf("%v asks about %v, and holds without", c, fields)
			}
		}
		for _, twin := range [][2]Condition{{Not(Not(a)), a}, {Not(And(a, b)), Or(Not(a), Not(b))}, {Not(Or(a, b)), And(Not(a), Not(b))}} {
			if twin[0].Asks(fields...) != twin[1].Asks(fields...) {
				t.Fatalf("%v and %v mean the same, and only one asks about %v", twin[0], twin[1], fields)
			}
		}
	})
	if asked == 0 {
		t.Error("nothing asked: the test shows nothing")
	}
}

func TestNames(t *testing.T) {
	c := And(Saved("b"), Not(Or(Saved("a"), Saved("b"), Empty("x"))))
	if diff := cmp.Diff([]string{"a", "b"}, c.Names()); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}
