package graphadapter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// answer is what became of one part. Exactly one of ok, refusal and lost is set.
type answer struct {
	ok      *partReply
	refusal *refusal
	lost    error // no answer, or the request was never sent
	// unsure: the part may have been carried out, now or when it was sent before, although it has no success to show.
	unsure bool
	// again: it is worth sending once more, as far as the answer goes.
	again bool
}

// err is what an answer other than a success means in general.
func (a answer) err() error {
	switch {
	case a.refusal != nil:
		return a.refusal.err()
	case a.lost != nil:
		return a.lost
	}
	return nil
}

// errNoPartReply: a batch came back without a word on one of its parts.
var errNoPartReply = errors.New("the answer to a batch leaves out this part of it")

// batch carries out parts in as few batches as they fit in, one batch at a time, and answers for each. Parts that failed
// for a passing reason are sent again with the next ones: all that are repeatable, and a POST only when it was certainly
// not carried out.
func (s *session) batch(ctx context.Context, parts []part) []answer {
	answers := make([]answer, len(parts))
	tries := make([]int, len(parts))
	doubt := make([]bool, len(parts)) // may have been carried out when it was sent before
	alone := make([]bool, len(parts)) // to be sent in a batch of its own
	queue := make([]int, len(parts))
	for i := range queue {
		queue[i] = i
	}
	for len(queue) > 0 {
		chunk, rest := nextChunk(parts, queue, alone, s.box.batchParts(s.d.opts.Now()))
		failure := s.exchange(ctx, parts, chunk, answers)
		for _, i := range chunk {
			doubt[i] = (doubt[i] || answers[i].unsure) && answers[i].ok == nil
			answers[i].unsure = doubt[i]
		}
		malformed := isMalformed(failure)
		if malformed && len(chunk) > 1 {
			// One part is so malformed that the whole was refused: find it, so that the others do not suffer.
			for _, i := range chunk {
				alone[i] = true
			}
			queue = append(chunk, rest...)
			continue
		}
		s.learnConcurrency(answers, chunk)
		progress := slices.ContainsFunc(chunk, func(i int) bool { return answers[i].ok != nil })
		var retry []int
		var worst *refusal
		attempt := 1
		for _, i := range chunk {
			a := answers[i]
			if !progress || !a.crowdedOut() {
				tries[i]++
			}
			if !a.again || tries[i] == maxAttempts {
				continue
			}
			retry = append(retry, i)
			attempt = max(attempt, tries[i])
			if a.refusal != nil && (worst == nil || a.refusal.after > worst.after) {
				worst = a.refusal
			}
		}
		queue = append(rest, retry...)
		stop := stopsAll(answers, chunk)
		switch {
		case stop != nil:
		case len(retry) > 0:
			stop = s.pause(ctx, attempt-1, worst, answers[retry[0]].err())
		case !malformed:
			stop = failure // what follows would fare no better
		}
		if stop != nil {
			for _, i := range rest {
				answers[i] = answer{lost: unsentError{stop}, unsure: doubt[i]}
			}
			return answers
		}
	}
	return answers
}

// crowdedOut: the part had no turn, because others of its batch had theirs.
func (a answer) crowdedOut() bool {
	return a.refusal != nil && a.refusal.Status == http.StatusTooManyRequests
}

// learnConcurrency makes batches small where Graph sends all parts of a batch to the mailbox at once, which takes four
// and refuses the others.
func (s *session) learnConcurrency(answers []answer, chunk []int) {
	for _, i := range chunk {
		if r := answers[i].refusal; len(chunk) > mailboxSlots && r != nil && r.Status == http.StatusTooManyRequests && r.has("applicationthrottled") {
			s.box.shrinkBatches(s.d.opts.Now())
			return
		}
	}
}

// nextChunk takes from the queue what fits into one batch of at most limit parts.
func nextChunk(parts []part, queue []int, alone []bool, limit int) (chunk, rest []int) {
	size := 0
	for n, i := range queue {
		size += parts[i].size()
		if n > 0 && (n == limit || size > maxBatchBytes || alone[i] || alone[queue[0]]) {
			return queue[:n:n], queue[n:]
		}
	}
	return queue, nil
}

// isMalformed recognises the refusal of a whole batch for what is in it.
func isMalformed(failure error) bool {
	var r refusedError
	return errors.As(failure, &r) && (r.Status == http.StatusBadRequest || r.Status == http.StatusRequestEntityTooLarge)
}

// stopsAll is the reason not to send anything further: the mailbox cannot be reached, or the call's time is over.
func stopsAll(answers []answer, chunk []int) error {
	for _, i := range chunk {
		err := answers[i].err()
		if err == nil {
			continue
		}
		var unsent unsentError
		if aboutMailbox(err) || isCredentialError(err) || isForeign(err) || errors.As(err, &unsent) && !answers[i].again {
			return err
		}
	}
	return nil
}

func isForeign(err error) bool {
	var foreign *ForeignLinkError
	return errors.As(err, &foreign)
}

// exchange sends one batch and sorts its answer. The error says that, and why, the batch failed as a whole.
func (s *session) exchange(ctx context.Context, parts []part, chunk []int, answers []answer) error {
	all := func(a answer) {
		for _, i := range chunk {
			answers[i] = a
			answers[i].again = a.again && (parts[i].repeatable() || !a.unsure)
		}
	}
	body, err := encodeBatch(parts, chunk)
	if err != nil {
		all(answer{lost: unsentError{err}})
		return err
	}
	got, err := s.onceSignedIn(ctx, mailboxSlots, call{method: abstractions.POST, url: s.root.base + "/$batch", body: body})
	if err != nil {
		var unsent unsentError
		all(answer{lost: err, unsure: !errors.As(err, &unsent), again: mayRepeat(ctx, err)})
		return err
	}
	if got.status != http.StatusOK {
		r := refused(got.status, got.header.Get, got.body, s.d.opts.Now())
		all(answer{refusal: r, unsure: !r.notDone(), again: r.passing()})
		return refusedError{r}
	}
	replies, err := decodeBatch(got.body, len(chunk))
	if err != nil {
		all(answer{lost: err, unsure: true, again: true})
		return err
	}
	for place, i := range chunk {
		reply, there := replies[place]
		switch {
		case !there:
			answers[i] = answer{lost: errNoPartReply, unsure: true, again: parts[i].repeatable()}
		case reply.status >= 200 && reply.status < 300:
			answers[i] = answer{ok: &reply}
		default:
			answers[i] = s.partRefused(parts[i], reply, got.header.Get("Date"))
		}
	}
	return nil
}

func (s *session) partRefused(p part, reply partReply, date string) answer {
	header := func(name string) string {
		if name == "Date" && reply.header.get(name) == "" {
			return date
		}
		return reply.header.get(name)
	}
	r := refused(reply.status, header, reply.body, s.d.opts.Now())
	a := answer{refusal: r, unsure: !r.notDone()}
	a.again = r.passing() && (p.repeatable() || !a.unsure) || p.method == "GET" && r.stale()
	return a
}

// onceSignedIn is once, and once more where the token ran out on its way.
func (s *session) onceSignedIn(ctx context.Context, slots int64, c call) (reply, error) {
	got, err := s.once(ctx, slots, c)
	if err == nil && got.status == http.StatusUnauthorized && claimsIn(got.header.Get("WWW-Authenticate")) == "" {
		return s.once(ctx, slots, c)
	}
	return got, err
}

// uncertain marks an error as one of unknown outcome.
func uncertain(err error) error {
	return fmt.Errorf("%w: %w", contactsync.ErrUnconfirmed, err)
}
