package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// fate is what the tests made of a mutation.
type fate string

const (
	noticed  fate = "noticed"
	tooLong  fate = "noticed: too long"
	excused  fate = "explained"
	survived fate = "SURVIVED"
)

// suite is the tests of a package, compiled with all mutations that compile.
type suite struct {
	dir       string // of the package
	binary    string
	arguments []string
	limit     time.Duration
}

// calibrate runs the tests without a mutation and sets how long they may take with one, where that is not given.
func (s *suite) calibrate(limit time.Duration) error {
	began := time.Now()
	s.limit = time.Hour
	if f, out := s.run(0); f != survived {
		return fmt.Errorf("the tests in %s fail without a change:\n%s", s.dir, out)
	}
	s.limit = limit
	if limit == 0 {
		s.limit = 10*time.Since(began) + 5*time.Second
	}
	return nil
}

// run runs the tests with one of the mutations; 0: without one.
func (s *suite) run(number int) (fate, string) {
	// The second limit is for what keeps the tests' own from working: an endless loop that lets no timer in.
	ctx, cancel := context.WithTimeout(context.Background(), s.limit+5*time.Second)
	defer cancel()
	args := append([]string{"-test.failfast", "-test.paniconexit0", "-test.timeout=" + s.limit.String()}, s.arguments...)
	cmd := exec.CommandContext(ctx, s.binary, args...)
	cmd.Dir = s.dir
	cmd.WaitDelay = time.Second
	cmd.Env = append(cmd.Environ(), fmt.Sprintf("%s=%d", choice, number))
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return survived, ""
	case ctx.Err() != nil, strings.Contains(string(out), "panic: test timed out"):
		return tooLong, string(out)
	}
	return noticed, string(out)
}

// try runs the suites with one mutation until one notices it.
func try(suites []suite, number int) fate {
	for _, s := range suites {
		if f, _ := s.run(number); f != survived {
			return f
		}
	}
	return survived
}
