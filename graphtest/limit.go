package graphtest

import (
	"net/http"
	"time"
)

// admit writes a call into the log and lets it in, or answers it. The caller holds mu and calls leave for every call
// let in.
func (s *Server) admit(c *call) bool {
	s.enterLog(c)
	if c.answer == nil && c.bad != "" {
		c.answer = s.badRequest("%s", c.bad)
	}
	if c.answer == nil {
		s.resolve(c)
	}
	if c.answer == nil && c.req.Part == "" && s.nth("unavailable", s.quirks.UnavailableEvery) {
		c.answer = &Answer{Status: http.StatusServiceUnavailable}
	}
	if c.answer == nil && c.box != nil {
		c.answer = s.throttle(c.box)
	}
	if c.answer != nil {
		c.logged.Status = c.answer.Status
		return false
	}
	if c.box != nil {
		c.box.inFlight++
	}
	return true
}

func (s *Server) enterLog(c *call) {
	c.req.Time = s.now()
	logged := c.req
	if s.opts.LogBodies {
		logged.Body = c.body
	}
	c.logged = &logged
	s.log = append(s.log, c.logged)
}

func (s *Server) leave(calls []*call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range calls {
		if c.box != nil {
			c.box.inFlight--
		}
	}
}

// throttle counts a request against the limits of its mailbox and answers it if it is one too many.
func (s *Server) throttle(m *mailbox) *Answer {
	m.busiest = max(m.busiest, m.inFlight+1)
	if wait, over := s.overRate(m); over {
		return s.throttled("TooManyRequests", "Please retry again later.", wait)
	}
	if s.opts.Concurrency > 0 && m.inFlight >= s.opts.Concurrency {
		return s.throttled("ApplicationThrottled", "Application is over its MailboxConcurrency limit.", time.Second)
	}
	if s.nth("throttle", s.quirks.ThrottleEvery) {
		return s.throttled("TooManyRequests", "Please retry again later.", 2*time.Second)
	}
	return nil
}

// overRate records a request, refused ones as well, and tells how long to wait if there were too many in the window.
func (s *Server) overRate(m *mailbox) (wait time.Duration, over bool) {
	limit := s.opts.Requests
	if limit < 0 {
		return 0, false
	}
	now := s.now()
	edge := now.Add(-s.opts.Window)
	expired := 0
	for expired < len(m.recent) && !m.recent[expired].After(edge) {
		expired++
	}
	m.recent = append(m.recent[expired:], now)
	if len(m.recent) <= limit {
		return 0, false
	}
	m.recent = m.recent[len(m.recent)-limit-1:]
	return m.recent[1].Add(s.opts.Window).Sub(now), true
}
