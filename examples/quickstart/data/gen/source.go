package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A source is the one place chance comes from: the same seed gives the same people, byte for byte.
type source struct {
	*rand.Rand
	used  map[numberRange]int
	taken map[string]bool
}

func newSource(seed uint64) *source {
	return &source{Rand: rand.New(rand.NewPCG(seed, seed)), used: map[numberRange]int{}, taken: map[string]bool{}}
}

func pick[T any](s *source, from []T) T { return from[s.IntN(len(from))] }

// chance is true in so many of a hundred cases.
func (s *source) chance(percent int) bool { return s.IntN(100) < percent }

// postal fills # with a digit and @ with a capital letter.
func (s *source) postal(pattern string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return rune('0' + s.IntN(10))
		case '@':
			return rune("ABCDEGHJKLMNPRSTVWXZ"[s.IntN(20)])
		}
		return r
	}, pattern)
}

// date lies between two years, the first included.
func (s *source) date(from, to int) time.Time {
	return time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, s.IntN((to-from)*365))
}

// Streets: the number after the name, before it, or after a comma.
func after(streets ...string) func(*source) string {
	return func(s *source) string {
		return fmt.Sprintf("%s %d%s", pick(s, streets), 1+s.IntN(240), pick(s, []string{"", "", "", "", "a", " III", "-2"}))
	}
}

func before(streets ...string) func(*source) string {
	return func(s *source) string { return fmt.Sprintf("%d %s", 1+s.IntN(240), pick(s, streets)) }
}

func comma(streets ...string) func(*source) string {
	return func(s *source) string {
		return fmt.Sprintf("%s, %d%s", pick(s, streets), 1+s.IntN(120), pick(s, []string{"", "", ", 3º B", " bajo"}))
	}
}
