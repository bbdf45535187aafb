package graphadapter

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// ServiceError is an answer of Microsoft Graph that says no. The package's errors wrap it beside the sentinel or type
// that says what it means for a sync.
type ServiceError struct {
	Status int
	// Code is Graph's error code, the most specific one given; it may be empty.
	Code string
	// RequestID is what Microsoft's support asks for; empty for a part of a batch that gave none.
	RequestID string
}

func (e *ServiceError) Error() string {
	text := fmt.Sprintf("Microsoft Graph answered %d", e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// refusal is an answer other than a success, of a request or of a part of a batch.
type refusal struct {
	ServiceError
	codes   []string // in lower case, the general one first
	message string   // Graph's words, which may hold values: looked at to find a property's name, never shown
	claims  string   // of a claims challenge
	after   time.Duration
	timed   bool // after was given
}

// errorBody is Graph's error object. Members are matched without case: innererror is seen as well as innerError.
type errorBody struct {
	Code    text       `json:"code"`
	Message text       `json:"message"`
	Inner   *errorBody `json:"innerError"`
	Request text       `json:"request-id"`
}

// refused reads an answer that is no success. The body may be anything.
func refused(status int, header func(name string) string, body []byte, now time.Time) *refusal {
	r := &refusal{ServiceError: ServiceError{Status: status, RequestID: header("request-id")}}
	var envelope struct {
		Error errorBody `json:"error"`
	}
	// What does not fit the shape is left at zero: the status still tells what to do.
	_ = json.Unmarshal(repairJSON(body), &envelope)
	r.message = envelope.Error.Message.s
	for e, depth := &envelope.Error, 0; e != nil && depth < 8; e, depth = e.Inner, depth+1 {
		if e.Code.s != "" {
			r.Code = errorCode(e.Code.s)
			r.codes = append(r.codes, strings.ToLower(r.Code))
		}
		if r.RequestID == "" {
			r.RequestID = errorCode(e.Request.s)
		}
	}
	r.claims = claimsIn(header("WWW-Authenticate"))
	r.after, r.timed = retryAfter(header("Retry-After"), header("Date"), now)
	return r
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// errorCode lets only what looks like a code into an error's text.
func errorCode(s string) string {
	if codeForm.MatchString(s) {
		return s
	}
	return ""
}

var claimsForm = regexp.MustCompile(`(?i)\bclaims="([^"]*)"`)

func claimsIn(challenge string) string {
	if m := claimsForm.FindStringSubmatch(challenge); m != nil {
		return m[1]
	}
	return ""
}

// has reports whether any of the codes, given in lower case, is among the refusal's.
func (r *refusal) has(codes ...string) bool {
	for _, own := range r.codes {
		for _, c := range codes {
			if own == c {
				return true
			}
		}
	}
	return false
}

func (r *refusal) expired() bool {
	return r.Status == http.StatusGone || r.has("syncstatenotfound", "syncstateinvalid", "resyncrequired")
}

func (r *refusal) noMailbox() bool {
	return r.has("mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "errorinvaliduser", "resourcenotfound", "request_resourcenotfound")
}

func (r *refusal) folderGone() bool { return r.has("errorsyncfoldernotfound") }

func (r *refusal) stale() bool {
	return r.Status == http.StatusPreconditionFailed || r.has("errorirresolvableconflict")
}

// throttled: the service asks to wait. A POST answered so may have been carried out, unless it is a 429.
func (r *refusal) throttled() bool {
	switch r.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// passing reports whether the same request may well succeed a little later.
func (r *refusal) passing() bool {
	switch r.Status {
	case http.StatusRequestTimeout, http.StatusFailedDependency, http.StatusInternalServerError, http.StatusBadGateway:
		return !r.has("errorquotaexceeded")
	}
	return r.throttled()
}

// notDone reports whether the request was certainly not carried out. Of the errors of a server nobody can tell: a 504
// has been seen to follow a create that was done.
func (r *refusal) notDone() bool {
	return r.Status < http.StatusInternalServerError && r.Status != http.StatusRequestTimeout
}

// err says what a refusal means, where the operation gives it no meaning of its own.
func (r *refusal) err() error {
	said := &r.ServiceError
	switch {
	case r.Status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", &SignInError{Claims: r.claims}, said)
	case r.noMailbox():
		return fmt.Errorf("%w: %w", contactsync.ErrNoMailbox, said)
	case r.folderGone():
		return fmt.Errorf("%w: %w", contactsync.ErrFolderGone, said)
	case r.expired():
		return fmt.Errorf("%w: %w", contactsync.ErrCursorExpired, said)
	case r.Status == http.StatusForbidden:
		return fmt.Errorf("%w: %w", contactsync.ErrDenied, said)
	case r.Status == http.StatusNotFound:
		return fmt.Errorf("%w: %w", contactsync.ErrNotFound, said)
	case r.stale():
		return fmt.Errorf("%w: %w", contactsync.ErrStale, said)
	case r.throttled():
		return &contactsync.ThrottledError{RetryAfter: r.after, Err: said}
	}
	return said
}

// aboutMailbox reports whether an error concerns the whole mailbox rather than one record of it.
func aboutMailbox(err error) bool {
	return errors.Is(err, contactsync.ErrSignInRequired) || errors.Is(err, contactsync.ErrDenied) || errors.Is(err, contactsync.ErrNoMailbox)
}
