package graphtest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Answer is what the server says to a request or to one part of a batch.
type Answer struct {
	Status int
	Header http.Header // may be nil
	Body   []byte      // JSON; nil for none
	// Lost drops the answer on its way: the round tripper returns ErrLost, the handler and a batch say 504. From
	// Hooks.Before it is the request that got lost.
	Lost bool
}

// ErrorAnswer is an error in Graph's shape.
func ErrorAnswer(status int, code, message string) *Answer {
	return &Answer{Status: status, Body: errorBody(code, message, "innerError", "", time.Time{})}
}

// errorBody writes {"error":{…}}. The inner error is left out when there is no request id.
func errorBody(code, message, inner, requestID string, at time.Time) []byte {
	b := append([]byte(nil), `{"error":{"code":`...)
	b = appendString(b, code, false)
	b = append(b, `,"message":`...)
	b = appendString(b, message, false)
	if requestID != "" {
		b = append(b, `,"`...)
		b = append(b, inner...)
		b = append(b, `":{"date":`...)
		b = appendString(b, at.Format("2006-01-02T15:04:05"), false)
		b = append(b, `,"request-id":`...)
		b = appendString(b, requestID, false)
		b = append(b, `,"client-request-id":`...)
		b = appendString(b, requestID, false)
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

// fail is an error answer with the inner error that real answers carry. The caller holds mu.
func (s *Server) fail(status int, code, message string) *Answer {
	inner := "innerError"
	if s.quirks.LowerInnerError {
		inner = "innererror"
	}
	if s.quirks.EmptyErrorCodes {
		code = ""
	}
	s.serial++
	return &Answer{Status: status, Body: errorBody(code, message, inner, guidOf(uint32(s.serial)), s.now())}
}

func (s *Server) badRequest(format string, args ...any) *Answer {
	return s.fail(http.StatusBadRequest, "BadRequest", fmt.Sprintf(format, args...))
}

func (s *Server) invalid(format string, args ...any) *Answer {
	return s.fail(http.StatusBadRequest, "ErrorInvalidRequest", fmt.Sprintf(format, args...))
}

func (s *Server) unreadable(format string, args ...any) *Answer {
	return s.fail(http.StatusBadRequest, "RequestBodyRead", fmt.Sprintf(format, args...))
}

func (s *Server) itemNotFound() *Answer {
	return s.fail(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
}

func (s *Server) wrongVerb() *Answer {
	return s.fail(http.StatusMethodNotAllowed, "ErrorInvalidRequest", "The OData request is not supported.")
}

func (s *Server) noAccess(a Access) *Answer {
	switch a {
	case Unauthorized:
		return s.fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
	case ClaimsChallenge:
		f := s.fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp")
		f.set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ=="`)
		return f
	case Denied:
		return s.fail(http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
	case NotEnabled:
		return s.fail(http.StatusNotFound, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
	case OverQuota:
		return s.fail(http.StatusInsufficientStorage, "ErrorQuotaExceeded", "The mailbox is over its quota.")
	}
	return nil
}

// throttled is a 429 whose Retry-After has the form the quirks ask for.
func (s *Server) throttled(code, message string, wait time.Duration) *Answer {
	f := s.fail(http.StatusTooManyRequests, code, message)
	seconds := max(1, int((wait+time.Second-1)/time.Second))
	switch s.quirks.RetryAfter {
	case Seconds:
		f.set("Retry-After", strconv.Itoa(seconds))
	case Fractional:
		f.set("Retry-After", strconv.FormatFloat(float64(seconds)+0.128, 'f', 3, 64))
	case Date:
		f.set("Retry-After", s.now().Add(time.Duration(seconds+1)*time.Second).Truncate(time.Second).Format(http.TimeFormat))
	}
	return f
}

func (a *Answer) set(name, value string) {
	if a.Header == nil {
		a.Header = http.Header{}
	}
	a.Header.Set(name, value)
}
