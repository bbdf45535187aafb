package graphadapter

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// SignInError says that a person must sign in again, or that the application must. It is a
// [contactsync.ErrSignInRequired].
type SignInError struct {
	// Claims is what Graph demands of the next token, as it stands in its challenge (base64 of JSON); empty when it
	// demands nothing in particular. A host passes it to its sign-in page's request.
	Claims string
	// Err is the error behind it, for a host that knows its credential; nil when Graph refused the token. Its text may
	// name the person.
	Err error
}

func (e *SignInError) Error() string {
	if e.Claims != "" {
		return contactsync.ErrSignInRequired.Error() + " (Graph demands further claims)"
	}
	return contactsync.ErrSignInRequired.Error()
}

func (e *SignInError) Unwrap() []error {
	if e.Err == nil {
		return []error{contactsync.ErrSignInRequired}
	}
	return []error{contactsync.ErrSignInRequired, e.Err}
}

// CredentialError says that no token could be had for a reason that no sign-in by a person mends: the application's own
// secret, the network, a misconfiguration. The text of Err may name the person, and stays out of this one's.
type CredentialError struct{ Err error }

func (e *CredentialError) Error() string { return "no access token could be had" }

func (e *CredentialError) Unwrap() error { return e.Err }

// needsPerson matches the OAuth 2.0 and OpenID Connect error codes that only a person can settle; credentials of every
// kind quote them from the answer of the token endpoint.
var needsPerson = regexp.MustCompile(`\b(invalid_grant|interaction_required|login_required|consent_required)\b`)

// credentialError classifies an error of a credential, or of the host's connect function.
func credentialError(err error) error {
	var required *azidentity.AuthenticationRequiredError
	var failed *azidentity.AuthenticationFailedError
	switch {
	case errors.Is(err, contactsync.ErrSignInRequired):
		return &SignInError{Err: err}
	case errors.As(err, &required), needsPerson.MatchString(err.Error()):
		return &SignInError{Err: err}
	case errors.As(err, &failed):
		return &CredentialError{Err: err}
	}
	return err
}

func isCredentialError(err error) bool {
	var signIn *SignInError
	var credential *CredentialError
	return errors.As(err, &signIn) || errors.As(err, &credential)
}

// isDialError reports whether a connection was never made.
func isDialError(err error) bool {
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial"
}

// withoutURL leaves the URL, which may name people, out of an error.
func withoutURL(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return fmt.Errorf("%s: %w", u.Op, u.Err)
	}
	return err
}
