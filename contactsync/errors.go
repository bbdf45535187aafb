package contactsync

import (
	"errors"
	"fmt"
	"time"
)

// The conditions that a Store, a Directory or a State report, and that the engine acts on. Adapters wrap them; callers
// use errors.Is. Their texts do not name the package: whoever wraps them says where they come from.
var (
	ErrNotFound       = errors.New("not found")
	ErrStale          = errors.New("changed since it was read")
	ErrCursorExpired  = errors.New("cursor expired")
	ErrDenied         = errors.New("access denied")
	ErrSignInRequired = errors.New("sign-in required")
	ErrFolderGone     = errors.New("folder gone")
	ErrNoMailbox      = errors.New("no mailbox that Microsoft Graph can serve")
	// ErrUnconfirmed: it is not known whether a write was carried out.
	ErrUnconfirmed = errors.New("outcome not known")
	// ErrBusy: another worker holds the lease of the connection or its mailbox.
	ErrBusy = errors.New("busy")
	// ErrFenced: the lease was lost; nothing of the batch was saved.
	ErrFenced = errors.New("lease lost")
	// ErrPlanOutdated: the settings or the connection changed since the plan was made.
	ErrPlanOutdated = errors.New("plan outdated")
	// ErrNoJournal: Config.Journal is off, so that nothing is kept to be undone.
	ErrNoJournal = errors.New("no journal is kept: Config.Journal.Keep is zero")
	// ErrKeyChanged: the connection began under another fingerprint key. Neither side was read or written. Give the engine the key of
	// before. Where that is lost or must not be used any more, make the tenant's connections inactive, each with its id, and
	// connect anew: people are then met for the first time.
	ErrKeyChanged = errors.New("the fingerprint key is not the one that the connection began with")
	// ErrJournalKey: the journal was sealed under a key that the engine does not have.
	ErrJournalKey = errors.New("the journal is sealed under another key")
)

// InvalidError says that a side refuses a value, or that a setting or a record is malformed. It names the field and
// never holds the value.
type InvalidError struct {
	Field  string
	Reason string
}

func (e *InvalidError) Error() string {
	if e.Field == "" {
		return "invalid: " + e.Reason
	}
	return fmt.Sprintf("invalid %s: %s", e.Field, e.Reason)
}

// ThrottledError says that a side asks to wait. RetryAfter is at least how long; zero when the side does not say.
type ThrottledError struct {
	RetryAfter time.Duration
	Err        error
}

func (e *ThrottledError) Error() string {
	if e.Err == nil {
		return "throttled"
	}
	return "throttled: " + e.Err.Error()
}

func (e *ThrottledError) Unwrap() error { return e.Err }
