package contactsync

import "errors"

// Reason says in words for a person why a mailbox is not reached or a folder refused (A8, F5), or why another connector has the
// CRM space (A13), given an error of [Engine.Connect], [Engine.Folders] or [Engine.Disconnect]; empty: it is nothing that a
// person could act on.
func Reason(err error) string {
	if _, words := accessStatus(err); words != "" {
		return words
	}
	var invalid *InvalidError
	if errors.As(err, &invalid) && (invalid.Field == "Folder" || invalid.Field == "connector") { // other members are the host's
		return invalid.Reason
	}
	return ""
}

// accessStatus is the status of a connection that an error leaves without access, in words; empty: it is another error.
func accessStatus(err error) (Status, string) {
	switch {
	case errors.Is(err, ErrSignInRequired):
		return NeedsSignIn, "Outlook asks for a new sign-in. Nothing is synced until you sign in again; nothing is lost."
	case errors.Is(err, ErrNoMailbox):
		return NoAccess, "This account has no mailbox that Microsoft 365 can serve: it may lie on a server of its own, or be a consumer account of old."
	case errors.Is(err, ErrDenied):
		return NoAccess, "Access was refused. An administrator must allow it again."
	case errors.Is(err, ErrFolderGone):
		return FolderGone, "The Outlook folder no longer exists. Choose another; nothing was deleted in the CRM."
	}
	return "", ""
}
