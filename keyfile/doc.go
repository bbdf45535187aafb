// Package keyfile keeps the keys of an engine in a file, for hosts without a secrets manager:
//
//	cfg.KeySource = keyfile.File{Path: "/etc/crm/contactsync.keys", Make: true}
//
// The file is worth as much as the State and its journal together: back it up, but not beside the database. It must belong to
// nobody but the user that the program runs as; other ways to mount a secret are served by a [contactsync.KeySource] of the host's
// own, which is a few lines.
//
// It is text. The first journal key is in use, the others are former ones, which may be deleted once [contactsync.Journaling].Keep
// has passed since [File.Rotate]; each key is followed by a sum that tells a typing mistake or a damaged disk.
//
//	contactsync keys 1
//	fingerprint 6b1f… 09ab12cd
//	journal 77c0… 5e6f7081
//	journal 1d93… 92a3b4c5
//	end
package keyfile
