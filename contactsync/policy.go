package contactsync

import "context"

// Policy answers with the settings in force for a connection: [Fixed], [Layered], or the host's own. It must be safe for
// concurrent use; it is asked once a run. An error stops the run with nothing written.
type Policy interface {
	For(ctx context.Context, conn Connection) (Settings, error)
}

// Fixed is a Policy that answers the same for every connection.
func Fixed(s Settings) Policy { return fixed{s} }

type fixed struct{ s Settings }

func (f fixed) For(context.Context, Connection) (Settings, error) { return f.s, nil }
